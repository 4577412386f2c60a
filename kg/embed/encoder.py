"""The e5 encoder as an ONNX graph: vectors of tokens in, their vectors in context out.

Input `inputs_embeds` float32 [texts, length, hidden], output `out` float32 of the same shape: texts
of one length, which do not see each other. BERT with erf-GELU, post-norm.

The matrices are held in 8 bits with a scale for each column. What they are multiplied with is brought
to 8 bits token by token: nearer to the exact vectors (0.999 of a cosine) than with one scale for a
whole text, which is ONNX Runtime's own way (0.997), and no text changes the scale of another.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from kg.embed.weights import Weights, read


@dataclass(frozen=True, slots=True)
class _Rounded:
    """Names of uint8 [tokens, columns], where 128 stands for 0, and of float32 [tokens, 1]."""

    values: str
    scales: str


class _Graph:
    """Nodes and constants while the graph is built; each method returns the name of its result.

    But for attention values stand as [tokens, columns], the tokens of all texts one after the other.
    """

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

    def rounded(self, x: str) -> _Rounded:
        greatest = self.node("ReduceMax", [self.node("Abs", [x], f"{x}.a")], f"{x}.g", axes=[-1])
        scales = self.node("Max", [self.node("Div", [greatest, "most"], f"{x}.d"), "tiny"], f"{x}.s")
        flat = self.node("Reshape", [scales, "all"], f"{x}.f")
        zeros = self.node("Expand", ["zero", self.node("Shape", [flat], f"{x}.n")], f"{x}.z")
        return _Rounded(self.node("QuantizeLinear", [x, flat, zeros], f"{x}.q", axis=0), scales)

    def linear(self, x: _Rounded, tensors: list[str], inputs: int, output: str) -> str:
        """x times each of these matrices, side by side, plus their biases."""
        w = np.concatenate([self.weights.matrix(f"{t}.w", inputs) for t in tensors]).T
        scale = np.maximum(np.abs(w).max(axis=0) / 127, 1e-12)
        values = self.constant(f"{output}.W", np.round(w / scale).astype(np.int8))
        columns = self.constant(f"{output}.S", scale.astype(np.float32))
        bias = self.constant(f"{output}.B", np.concatenate([self.weights.floats(f"{t}.b") for t in tensors]))
        given = [x.values, values, "one", columns, "zero"]
        y = self.node("MatMulIntegerToFloat", given, f"{output}.i", domain="com.microsoft")
        return self.node("Add", [self.node("Mul", [y, x.scales], f"{output}.m"), bias], output)


def build(weights: Weights, file: Path) -> None:
    """Write the encoder to `file`."""
    g = _Graph(weights)
    hidden, size = weights.hidden, weights.hidden // weights.heads
    whole = {"all": [-1], "rows": [-1, hidden], "heads": [weights.heads, size], "hidden": [hidden]}
    for name, shape in whole.items():
        g.constant(name, np.array(shape, np.int64))
    numbers = {"one": 1.0, "scale": size**-0.5, "tiny": 1e-12, "half": 0.5, "root": 2**0.5, "most": 127.0}
    for name, value in numbers.items():
        g.constant(name, np.array(value, np.float32))
    g.constant("zero", np.array(128, np.uint8))
    texts = g.node("Shape", ["inputs_embeds"], "texts", end=2)
    g.node("Concat", [texts, "heads"], "apart", axis=0)
    g.node("Concat", [texts, "hidden"], "together", axis=0)
    x = g.norm(g.node("Reshape", ["inputs_embeds", "rows"], "tokens"), "emb.ln", "ln")
    for layer in range(weights.layers):
        x = _layer(g, x, f"l{layer}.")
    g.node("Reshape", [x, "together"], "out")
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", "length", hidden])
        for name in ("inputs_embeds", "out")
    ]
    graph = helper.make_graph(g.nodes, "e5", values[:1], values[1:], g.constants)
    domains = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=domains)
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, str(file))


def _layer(g: _Graph, x: str, p: str) -> str:
    hidden, inner = g.weights.hidden, g.weights.inner
    g.linear(g.rounded(x), [f"{p}{name}" for name in "qkv"], hidden, f"{p}qkv")
    g.nodes.append(helper.make_node("Split", [f"{p}qkv"], [f"{p}{n}" for n in "qkv"], axis=-1))
    turned = {}
    for name in "qkv":
        y = g.node("Reshape", [f"{p}{name}", "apart"], f"{p}{name}r")
        turned[name] = g.node(
            "Transpose", [y], f"{p}{name}t", perm=[0, 2, 3, 1] if name == "k" else [0, 2, 1, 3]
        )
    scores = g.node("Mul", [g.node("MatMul", [turned["q"], turned["k"]], f"{p}qk"), "scale"], f"{p}qks")
    weights = g.node("Softmax", [scores], f"{p}sm", axis=-1)
    y = g.node("MatMul", [weights, turned["v"]], f"{p}av")
    y = g.node("Reshape", [g.node("Transpose", [y], f"{p}avt", perm=[0, 2, 1, 3]), "rows"], f"{p}avr")
    y = g.linear(g.rounded(y), [f"{p}ao"], hidden, f"{p}ao")
    x = g.norm(g.node("Add", [x, y], f"{p}r1"), f"{p}aln", f"{p}ln1")
    y = g.linear(g.rounded(x), [f"{p}fi"], hidden, f"{p}fi")
    # divided, not multiplied: so the runtime knows GELU by its form, and computes it in one pass
    gate = g.node("Add", [g.node("Erf", [g.node("Div", [y, "root"], f"{p}g1")], f"{p}g2"), "one"], f"{p}g3")
    y = g.node("Mul", [g.node("Mul", [y, gate], f"{p}g4"), "half"], f"{p}g5")
    y = g.linear(g.rounded(y), [f"{p}fo"], inner, f"{p}fo")
    return g.norm(g.node("Add", [x, y], f"{p}r2"), f"{p}oln", f"{p}ln2")


if __name__ == "__main__":
    build(read(), Path(sys.argv[1]))
