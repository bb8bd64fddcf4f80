"""Inside a bot: it is started with a probe beside it, watched for some seconds, ended, and what was seen explained.

The probe comes in as an entry point of ``opentelemetry_pre_instrument``, from a folder on the bot's ``PYTHONPATH``: a
bot that is started without the doctor has nothing of it.
"""
