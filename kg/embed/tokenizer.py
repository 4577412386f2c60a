"""From a text to the embedding model's word pieces, by their ids."""

import re
from functools import cache

import sentencepiece
from sentencepiece.sentencepiece_model_pb2 import ModelProto, TrainerSpec  # type: ignore[attr-defined]

from kg.embed import weights

_SPACES = re.compile(" {2,}")
_Piece = ModelProto.SentencePiece


def encode(text: str) -> list[int]:
    """The pieces of a text, without the marks of its beginning and end; what looks like such a mark is only
    characters. The time grows with the text.
    """
    spaced = _SPACES.sub(" ", text.encode("utf-8", "replace").decode().translate(weights.read().normal))
    if spaced and not spaced.startswith((" ", "▁")):
        spaced = f" {spaced}"
    return list(processor().encode(spaced))


@cache
def processor() -> sentencepiece.SentencePieceProcessor:
    """The model's own unigram vocabulary; one in a process, it takes 40 MB and a second to make.

    It leaves characters and spaces as they are: `encode` sees to them.
    """
    w = weights.read()
    model = ModelProto()
    for number, (piece, score) in enumerate(w.pieces):
        kind = _Piece.CONTROL if piece in weights.CONTROL else _Piece.NORMAL
        model.pieces.add(piece=piece, score=score, type=_Piece.UNKNOWN if number == w.unknown else kind)
    spec = model.trainer_spec
    spec.model_type = TrainerSpec.UNIGRAM
    spec.unk_id, spec.bos_id, spec.eos_id = w.unknown, w.bos, w.eos
    normal = model.normalizer_spec
    normal.name = "identity"
    normal.add_dummy_prefix = normal.remove_extra_whitespaces = False
    made = sentencepiece.SentencePieceProcessor()
    made.LoadFromSerializedProto(model.SerializeToString())
    return made
