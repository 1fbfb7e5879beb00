"""How a question is refused: in a sentence for whoever asked."""


class Refused(Exception):
    pass


def refuse(message):
    raise Refused(message)
