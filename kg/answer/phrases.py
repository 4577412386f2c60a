"""The few sentences an answer says in its own words, by the language of the question."""

NOT_KNOWN = {
    "en": "This is not in this knowledge base.",
    "ru": "Этого нет в этой базе знаний.",
}
NEAREST = {"en": "The nearest it has:", "ru": "Ближайшее, что в ней есть:"}
