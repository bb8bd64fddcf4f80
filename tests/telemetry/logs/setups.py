"""How bots set their logging up: the source of each, and the texts that must be exported of it, in order."""

from __future__ import annotations

import textwrap
from typing import NamedTuple


class Setup(NamedTuple):
    """One bot. ``late``: it calls ``attach()`` itself, after its first lines."""

    source: str
    exported: list[str]
    late: bool = False


def _setup(source: str, *exported: str, late: bool = False) -> Setup:
    head = "import logging, logging.config, logging.handlers, sys, warnings\nlog = logging.getLogger('bot.orders')\n"
    return Setup(head + textwrap.dedent(source), list(exported), late)


_SAY = "log.debug('quiet'); log.info('said'); log.warning('told')\n"

SETUPS = {
    "no configuration at all": _setup(_SAY, "said", "told"),
    "the root functions, which configure": _setup(
        "logging.info('said'); logging.warning('told'); log.info('more')", "said", "told", "more"
    ),
    "basicConfig without a level": _setup("logging.basicConfig()\n" + _SAY, "said", "told"),
    "basicConfig at INFO": _setup("logging.basicConfig(level='INFO')\n" + _SAY, "said", "told"),
    "basicConfig at WARNING, which stands": _setup("logging.basicConfig(level=logging.WARNING)\n" + _SAY, "told"),
    "basicConfig before us": _setup("logging.basicConfig()\nattach()\n" + _SAY, "said", "told", late=True),
    "INFO chosen before us": _setup(
        "logging.basicConfig(level=logging.INFO)\nattach()\n" + _SAY, "said", "told", late=True
    ),
    "handlers cleared": _setup(
        """
        logging.basicConfig()
        logging.getLogger().handlers.clear()
        log.info('said'); log.warning('told')
        """,
        "said",
        "told",
    ),
    "a logger that does not propagate": _setup(
        "log.propagate = False\nlog.addHandler(logging.StreamHandler(sys.stdout))\n" + _SAY, "said", "told"
    ),
    "a child logger with a level of its own": _setup(
        "logging.basicConfig()\nlog.setLevel('DEBUG')\n" + _SAY + "logging.getLogger('bot.pnl').info('aside')\n",
        "said",
        "told",
        "aside",
    ),
    "a level set later on": _setup(
        """
        logging.basicConfig()
        log.info('before')
        logging.getLogger().setLevel(logging.ERROR)
        log.warning('not chosen'); log.error('chosen')
        logging.getLogger().setLevel(logging.INFO)
        log.info('after')
        """,
        "before",
        "chosen",
        "after",
    ),
    "dictConfig without a root level": _setup(
        """
        logging.config.dictConfig({
            'version': 1,
            'disable_existing_loggers': False,
            'formatters': {'plain': {'format': '%(levelname)s %(name)s %(funcName)s %(lineno)d %(message)s'}},
            'handlers': {'out': {'class': 'logging.StreamHandler', 'stream': 'ext://sys.stdout', 'formatter': 'plain'}},
            'root': {'handlers': ['out']},
        })
        log.info('said'); log.warning('told')
        """,
        "said",
        "told",
    ),
    "dictConfig that disables what was there": _setup(
        """
        logging.config.dictConfig({'version': 1, 'handlers': {'out': {'class': 'logging.StreamHandler'}},
                                   'root': {'handlers': ['out'], 'level': 'INFO'}})
        log.error('disabled')
        logging.getLogger('bot.new').info('said')
        """,
        "said",
    ),
    "logging.disable": _setup("logging.basicConfig(level='DEBUG')\nlogging.disable(logging.INFO)\n" + _SAY, "told"),
    "a queue and its listener": _setup(
        """
        import queue
        waiting = queue.Queue()
        logging.getLogger().addHandler(logging.handlers.QueueHandler(waiting))
        out = logging.StreamHandler(sys.stdout)
        listener = logging.handlers.QueueListener(waiting, out)
        listener.start()
        log.info('said'); log.warning('told %s', 'twice')
        listener.stop()
        """,
        "said",
        "told twice",
    ),
    "rich": _setup(
        """
        from rich.logging import RichHandler
        logging.basicConfig(format='%(message)s', handlers=[RichHandler(show_time=False)])
        log.info('said'); log.warning('told')
        """,
        "said",
        "told",
    ),
    "an adapter": _setup(
        """
        logging.basicConfig(format='%(message)s')
        class Prefix(logging.LoggerAdapter):
            def process(self, msg, kwargs):
                return f"[{self.extra['pair']}] {msg}", kwargs
        Prefix(log, {'pair': 'BTC/USDT'}).info('said'); Prefix(log, {'pair': 'BTC/USDT'}).warning('told')
        """,
        "[BTC/USDT] said",
        "[BTC/USDT] told",
    ),
    "warnings captured": _setup(
        """
        logging.basicConfig(format='%(name)s')
        logging.captureWarnings(True)
        warnings.warn_explicit('old', UserWarning, 'bot.py', 7)
        """,
        "bot.py:7: UserWarning: old\n",
    ),
    "arguments that do not fit": _setup(
        "logging.basicConfig()\nlog.warning('%d orders', 'many')\nlog.info('%d more', 'many')\n",
        "%d orders many",
        "%d more many",
    ),
    "a record handled without asking its level": _setup(
        """
        logging.basicConfig()
        log.handle(logging.makeLogRecord({'name': 'far', 'levelno': 20, 'levelname': 'INFO', 'msg': 'from afar'}))
        log.handle(logging.makeLogRecord({'name': 'far', 'levelno': 10, 'levelname': 'DEBUG', 'msg': 'afar'}))
        """,
        "from afar",
    ),
    "a logger class with a way of its own": _setup(
        """
        logging.basicConfig()
        class Own(logging.Logger):
            def _log(self, *args, **kwargs):
                super()._log(*args, **kwargs)
            def handle(self, record):
                super().handle(record)
        logging.setLoggerClass(Own)
        own = logging.getLogger('own')
        own.info('said'); own.warning('told')
        """,
        "said",
        "told",
    ),
    "a handler that logs on": _setup(
        """
        class Alert(logging.Handler):
            def emit(self, record):
                logging.getLogger('alerts').warning('sent: %s', record.getMessage())
        logging.basicConfig()
        log.addHandler(Alert()); log.warning('told')
        """,
        "told",
    ),
    "a stack and an exception": _setup(
        """
        logging.basicConfig()
        try:
            1 / 0
        except ZeroDivisionError:
            log.exception('failed', stack_info=True)
        """,
        "failed",
    ),
    "stdlib intercepted by loguru": _setup(
        """
        import inspect
        from loguru import logger
        class Intercept(logging.Handler):
            def emit(self, record):
                frame, depth = inspect.currentframe(), 0
                while frame and (depth == 0 or frame.f_code.co_filename == logging.__file__):
                    frame = frame.f_back
                    depth += 1
                logger.opt(depth=depth, exception=record.exc_info).log(record.levelname, record.getMessage())
        logging.basicConfig(handlers=[Intercept()], level=0, force=True)
        logger.remove()
        print(logger.add(sys.stdout, format='{level} {name}:{function}:{line} {message}'))
        log.info('said'); log.warning('told'); logger.info('own')
        """,
        "said",
        "told",
        "own",
    ),
    "loguru passed on to stdlib": _setup(
        """
        from loguru import logger
        class Propagate(logging.Handler):
            def emit(self, record):
                logging.getLogger(record.name).handle(record)
        logging.basicConfig(stream=sys.stdout, format='%(name)s %(message)s')
        logger.remove()
        logger.add(Propagate(), format='{message}')
        logger.add(lambda message: log.info(message.rstrip()), format='{level} {message}', level='WARNING')
        logger.info('said'); logger.warning('told'); log.warning('own')
        """,
        "said",
        "told",
        "own",
    ),
    "loguru as it comes": _setup(
        """
        from loguru import logger
        logger.configure(handlers=[{'sink': sys.stderr, 'format': '{level} {name} {line} {message} {extra}'}])
        logger.debug('quiet'); logger.bind(order='c-1').info('said {}', 1); logger.success('done')
        """,
        "said 1",
        "done",
    ),
    "structlog that prints": _setup(
        """
        import structlog
        from structlog.processors import CallsiteParameter, CallsiteParameterAdder
        structlog.configure(
            processors=[structlog.processors.add_log_level,
                        CallsiteParameterAdder([CallsiteParameter.FILENAME, CallsiteParameter.LINENO]),
                        structlog.processors.JSONRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger(20))
        bound = structlog.get_logger().bind(pair='BTC/USDT')
        bound.debug('quiet'); bound.info('said %d', 1, price=2); bound.warning('told')
        """,
        "said 1",
        "told",
    ),
    "structlog over stdlib": _setup(
        """
        import structlog
        from structlog.processors import CallsiteParameter, CallsiteParameterAdder
        logging.basicConfig(format='%(filename)s:%(lineno)d %(message)s', stream=sys.stdout)
        structlog.configure(
            processors=[structlog.stdlib.filter_by_level, structlog.stdlib.add_logger_name,
                        structlog.stdlib.PositionalArgumentsFormatter(),
                        CallsiteParameterAdder([CallsiteParameter.MODULE, CallsiteParameter.FUNC_NAME]),
                        structlog.processors.KeyValueRenderer()],
            wrapper_class=structlog.stdlib.BoundLogger, logger_factory=structlog.stdlib.LoggerFactory())
        bound = structlog.get_logger('bot.struct')
        bound.debug('quiet'); bound.info('said %d', 1, price=2); bound.warning('told'); log.info('own')
        """,
        "said 1",
        "told",
        "own",
    ),
}
