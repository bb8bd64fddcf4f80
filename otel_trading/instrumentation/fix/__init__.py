"""FIX, the protocol, for every library that speaks it: from tags to our terms, and what answers which request.

Who is who is told by the type of a message. What asks for an order (NewOrderSingle …) is the bot's where it goes out;
what answers it (ExecutionReport …) is about the bot's orders where it comes in. So a program that plays the venue
with the same library, or passes orders on to one, tells of no order that it is only shown.

The venue is the counterparty's CompID in lower case: TargetCompID (56) of what goes out, SenderCompID (49) of what
comes in. A session's configuration names it, so there are as many as there are sessions.
"""
