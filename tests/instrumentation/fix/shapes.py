"""Messages as venues of several FIX versions write them, with ``|`` for the separator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.fix.message import parse

if TYPE_CHECKING:
    from otel_trading.instrumentation.fix.message import Message

FIX44_NEW = (
    "8=FIX.4.4|9=200|35=8|34=7|49=EXCH|56=DESK|52=20260102-03:04:05.123|37=V1001|11=cl-1|17=E1|150=0|39=0|55=BTC/USD|"
    "54=1|38=2|40=2|44=59000|59=1|151=2|14=0|6=0|60=20260102-03:04:05.120|10=001|"
)
FIX44_TRADE = (
    "8=FIX.4.4|9=200|35=8|34=8|49=EXCH|56=DESK|52=20260102-03:04:06.123|37=V1001|11=cl-1|17=E2|150=F|39=1|55=BTC/USD|"
    "54=1|38=2|40=2|44=59000|32=0.5|31=58999.5|151=1.5|14=0.5|6=58999.5|851=1|12=0.25|13=3|479=USD|"
    "60=20260102-03:04:06.120456|10=002|"
)
FIX42_FILL = (
    "8=FIX.4.2|9=200|35=8|34=9|49=EXCH|56=DESK|52=20260102-03:04:06|37=77|11=cl-2|17=F9|20=0|150=2|39=2|55=IBM|"
    "54=5|38=100|32=100|31=10.5|151=0|14=100|6=10.5|60=20260102-03:04:06|10=003|"
)
FIX40_FILL = (
    "8=FIX.4.0|9=120|35=8|34=3|49=EXCH|56=DESK|37=77|11=cl-3|17=F1|20=0|39=1|55=IBM|54=2|38=100|32=40|31=10|14=40|"
    "6=10|60=20260102-03:04:06|10=004|"
)
FIX44_CANCELED = (
    "8=FIX.4.4|35=8|34=9|49=EXCH|56=DESK|37=V1001|11=cl-1-c|41=cl-1|17=E3|150=4|39=4|55=BTC/USD|54=1|38=2|151=0|"
    "14=0.5|6=58999.5|10=005|"
)
FIX44_REPLACED = (
    "8=FIX.4.4|35=8|34=9|49=EXCH|56=DESK|37=V1001|11=cl-1-b|41=cl-1|17=E4|150=5|39=1|55=BTC/USD|54=1|38=3|44=58000|"
    "151=2.5|14=0.5|6=58999.5|10=006|"
)
FIX44_REJECTED = (
    "8=FIX.4.4|35=8|34=9|49=EXCH|56=DESK|37=NONE|11=cl-1|17=E5|150=8|39=8|103=1|58=no such symbol|55=BTC/USD|54=1|"
    "38=2|151=0|14=0|6=0|10=007|"
)
NEW_ORDER = (
    "8=FIX.4.4|9=100|35=D|34=2|49=DESK|52=20260102-03:04:05|56=EXCH|11=cl-1|55=BTC/USD|54=1|38=2|40=2|44=59000|59=1|"
    "60=20260102-03:04:05|10=008|"
)
CANCEL = (
    "8=FIX.4.4|9=100|35=F|34=3|49=DESK|56=EXCH|11=cl-1-c|41=cl-1|37=V1001|55=BTC/USD|54=1|60=20260102-03:04:05|10=009|"
)
REPLACE = (
    "8=FIX.4.4|9=100|35=G|34=3|49=DESK|56=EXCH|11=cl-1-b|41=cl-1|55=BTC/USD|54=1|38=3|40=2|44=58000|"
    "60=20260102-03:04:05|10=010|"
)


def wire(text: str) -> str:
    """Return the wire form of a message."""
    return text.replace("|", "\x01")


def message(text: str, **changes: str) -> Message:
    """Return a message, with fields changed (``_39="2"``), added, or left out (``_44=""``)."""
    pairs = dict(pair.split("=", 1) for pair in text.rstrip("|").split("|"))
    pairs |= {name.removeprefix("_"): value for name, value in changes.items()}
    return parse("".join(f"{tag}={value}\x01" for tag, value in pairs.items() if value))
