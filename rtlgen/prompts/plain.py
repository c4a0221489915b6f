"""The prompt of small models: the description, the module's header, and nothing else.

Training data and inference share it, so that a model meets at inference what
it was trained on. The answer is the whole module as plain text, and begins with
the header.
"""

from __future__ import annotations

from rtlgen.llm.model import Message


def plain(description: str, header: str) -> tuple[Message, ...]:
    """Return the prompt for a module with `header`; an empty one is left to the model."""
    parts = (description.strip(), header.strip())
    return (Message(role="user", content="\n\n".join(part for part in parts if part)),)


def begun(messages: tuple[Message, ...], header: str) -> tuple[Message, ...]:
    """Return `messages` with the answer begun: its header is given, so that none can be wrong.

    A model continues a conversation that ends with its own turn; see `llm.model.begun`.
    """
    if not header.strip():
        return messages
    return (*messages, Message(role="assistant", content=header.strip()))
