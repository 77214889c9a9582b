"""Expected failures. The message of each is one sentence that says what is wrong and what to do."""


class HsalError(Exception):
    """Base class of every failure that a user can cause or fix; its text is the sentence to show."""


class ResultsError(HsalError):
    """A results file is damaged; the message names it."""
