"""Expected failures: each is told to a person in one sentence that says what was wrong and what to do."""


class HsalError(Exception):
    """The base of every failure that a user can cause or mend; its text is that sentence."""


class ResultsError(HsalError):
    """A results file that is damaged; the message names it."""
