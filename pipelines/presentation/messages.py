"""Parts of messages that several modules or the tests of several rooms have: rewording one is one change here.

Belongs here: a text that is written in more than one place. Does not: all other messages.
A test of another room imports the text, or asserts the facts: the file, line, value and setting that are named.
"""

ASKED_AGAIN = "the next run asks again"
CHANGED = "was changed after it was written"
FROM_BACKUP = "put back a copy of this feed's folder from a backup"
KEY_REFUSED = "refused the key"
LINES_UNUSED = "could not be used, first"
NOT_A_COUNT = "is not a plausible count"
NOT_A_CURRENCY = "is not an ISO 4217 currency code"
NOT_JSON = "the line is not JSON; it may have been cut off"
NO_KNOWN_EXPORT = "no known export has these columns"
NO_PRICE = "no price is known for"
NO_SUCH_SETTING = "there is no such setting"
NO_TIMESTAMP = "the reply has no usable timestamp"
OTHER_SERVICES = "of other services left out, together"
SAME_ACCOUNT = "is the same account as"
SAME_LINE = "is the same as line"
SUCH_AS_CURRENCIES = ", such as USD or EUR"
STAYS_PUBLISHED = "the previous build stays published"
UNLISTED = "not in the price list"
UNCHANGED = "Landed data is unchanged, through"
