"""Rate limits as venues tell them in headers."""

from __future__ import annotations

import pytest

from otel_trading.instrumentation.toolkit.limits import Use, uses


@pytest.mark.parametrize(
    ("url", "headers", "expected"),
    [
        ("https://v.example/api/v3/order", {"X-MBX-USED-WEIGHT-1M": "60"}, [Use("weight_1m", 60, 6_000)]),
        ("https://v.example/api/v3/order", {"x-mbx-order-count-10s": "5"}, [Use("orders_10s", 5, 100)]),
        ("https://v.example/api/v3/order", {"X-MBX-ORDER-COUNT-1D": "5"}, [Use("orders_1d", 5, 200_000)]),
        ("https://v.example/fapi/v1/order", {"X-MBX-USED-WEIGHT-1M": "24"}, [Use("fapi_weight_1m", 24, 2_400)]),
        ("https://v.example/dapi/v1/order", {"X-MBX-ORDER-COUNT-1M": "12"}, [Use("dapi_orders_1m", 12, 1_200)]),
        ("https://v.example/sapi/v1/asset", {"X-SAPI-USED-IP-WEIGHT-1M": "12"}, [Use("ip_weight_1m", 12, 12_000)]),
        ("https://v.example/sapi/v1/asset", {"X-SAPI-USED-UID-WEIGHT-1M": "9"}, [Use("uid_weight_1m", 9, 180_000)]),
        ("https://v.example/api/v3/time", {"X-MBX-USED-WEIGHT-5M": "7"}, [Use("weight_5m", 7, None)]),
        ("", {"X-Bapi-Limit": "10", "X-Bapi-Limit-Status": "4"}, [Use("requests", 6, 10)]),
        ("", {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "100"}, [Use("requests", 0, 100)]),
        ("", {"X-RateLimit-Limit": "0", "X-RateLimit-Remaining": "0"}, []),
        ("", {"X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "9"}, []),
        ("", {"X-MBX-USED-WEIGHT": "60", "Content-Type": "application/json"}, []),
    ],
)
def test_headers_tell_what_is_used_of_which_limit(url: str, headers: dict[str, str], expected: list[Use]) -> None:
    assert list(uses(headers, url)) == expected


def test_a_query_that_looks_like_a_part_of_the_api_is_not_one() -> None:
    (use,) = uses({"X-MBX-USED-WEIGHT-1M": "60"}, "https://v.example/api/v3/order?path=/fapi/")
    assert use.name == "weight_1m"
