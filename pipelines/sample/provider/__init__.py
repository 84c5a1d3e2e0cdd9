"""A provider that exists only on this computer: a real HTTP server on loopback, answering from one ledger of truth.

    with ScriptedProvider(ledger, faults=[Fault("/openai/v1/organization/costs", status(503), calls=(1,))]) as provider:
        provider.base_url("openai")    # what an account's base_url becomes
        provider.requests              # what was asked, without any key

The ledger says what was used and charged; a wire (`wires/`, one file per API) puts it into that API's format;
a fault (`faults.py`) spoils the answer or the way it is sent. What a source must land is what the ledger holds.
"""

from pipelines.sample.provider.faults import Fault
from pipelines.sample.provider.ledger import Ledger, LedgerAccount, Use
from pipelines.sample.provider.server import ScriptedProvider
from pipelines.sample.provider.wire import Asked

__all__ = ["Asked", "Fault", "Ledger", "LedgerAccount", "ScriptedProvider", "Use"]
