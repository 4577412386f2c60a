"""What a browser sends over the socket, as far as the gate has to know it."""

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg


def by_person(message: bytes) -> bool:
    """Did a person do something, or is it a page that looks for news by itself?"""
    try:
        sent = BackMsg.FromString(message)
    except DecodeError:
        return False
    if sent.WhichOneof("type") == "app_heartbeat":
        return False
    return not sent.rerun_script.is_auto_rerun
