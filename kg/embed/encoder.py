"""The e5 encoder as an ONNX graph: vectors of tokens in, one vector of length 1 a text out.

Input `inputs_embeds` float32 [1, length, hidden]; output `emb`
float32 [1, hidden]: the mean, L2-normalised. BERT with erf-GELU, post-norm.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from kg.embed.weights import Weights, read


class _Graph:
    """Nodes and constants while the graph is built; each method returns the name of its result."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def norm(self, x: str, tensor: str, output: str) -> str:
        w = self.constant(f"{output}.w", self.weights.floats(f"{tensor}.w"))
        b = self.constant(f"{output}.b", self.weights.floats(f"{tensor}.b"))
        return self.node("LayerNormalization", [x, w, b], output, axis=-1, epsilon=self.weights.epsilon)

    def linear(self, x: str, tensor: str, inputs: int, output: str) -> str:
        w = self.constant(f"{output}.W", self.weights.matrix(f"{tensor}.w", inputs).T)
        b = self.constant(f"{output}.B", self.weights.floats(f"{tensor}.b"))
        return self.node("Add", [self.node("MatMul", [x, w], f"{output}.mm"), b], output)


def build(weights: Weights, file: Path) -> None:
    """Write the encoder, its matrices quantised to 8 bits, to `file`."""
    g = _Graph(weights)
    hidden, size = weights.hidden, weights.hidden // weights.heads
    g.constant("heads", np.array([0, 0, weights.heads, size], np.int64))
    g.constant("flat", np.array([0, 0, hidden], np.int64))
    numbers = {"one": 1.0, "scale": size**-0.5, "tiny": 1e-12, "half": 0.5, "root": 2**0.5}
    for name, value in numbers.items():
        g.constant(name, np.array(value, np.float32))
    x = g.norm("inputs_embeds", "emb.ln", "ln")
    for layer in range(weights.layers):
        x = _layer(g, x, f"l{layer}.")
    _pool(g, x)
    float32 = TensorProto.FLOAT
    graph = helper.make_graph(
        g.nodes,
        "e5",
        [helper.make_tensor_value_info("inputs_embeds", float32, [1, "L", hidden])],
        [helper.make_tensor_value_info("emb", float32, [1, hidden])],
        g.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    whole = file.with_suffix(".fp32")
    onnx.save(model, str(whole))
    quantize_dynamic(
        str(whole),
        str(file),
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul"],
        extra_options={"MatMulConstBOnly": True},
    )
    whole.unlink()


def _layer(g: _Graph, x: str, p: str) -> str:
    hidden, inner = g.weights.hidden, g.weights.inner
    turned = {}
    for name in "qkv":
        y = g.node("Reshape", [g.linear(x, f"{p}{name}", hidden, p + name), "heads"], f"{p}{name}r")
        turned[name] = g.node(
            "Transpose", [y], f"{p}{name}t", perm=[0, 2, 3, 1] if name == "k" else [0, 2, 1, 3]
        )
    scores = g.node("Mul", [g.node("MatMul", [turned["q"], turned["k"]], f"{p}qk"), "scale"], f"{p}qks")
    weights = g.node("Softmax", [scores], f"{p}sm", axis=-1)
    y = g.node("MatMul", [weights, turned["v"]], f"{p}av")
    y = g.node("Reshape", [g.node("Transpose", [y], f"{p}avt", perm=[0, 2, 1, 3]), "flat"], f"{p}avr")
    y = g.linear(y, f"{p}ao", hidden, f"{p}ao")
    x = g.norm(g.node("Add", [x, y], f"{p}r1"), f"{p}aln", f"{p}ln1")
    y = g.linear(x, f"{p}fi", hidden, f"{p}fi")
    # divided, not multiplied: so the runtime knows GELU by its form, and computes it in one pass
    gate = g.node("Add", [g.node("Erf", [g.node("Div", [y, "root"], f"{p}g1")], f"{p}g2"), "one"], f"{p}g3")
    y = g.node("Mul", [g.node("Mul", [y, gate], f"{p}g4"), "half"], f"{p}g5")
    y = g.linear(y, f"{p}fo", inner, f"{p}fo")
    return g.norm(g.node("Add", [x, y], f"{p}r2"), f"{p}oln", f"{p}ln2")


def _pool(g: _Graph, x: str) -> None:
    mean = g.node("ReduceMean", [x], "mean", axes=[1], keepdims=0)
    length = g.node("Max", [g.node("ReduceL2", [mean], "l2", axes=[1], keepdims=1), "tiny"], "length")
    g.node("Div", [mean, length], "emb")


if __name__ == "__main__":
    build(read(), Path(sys.argv[1]))
