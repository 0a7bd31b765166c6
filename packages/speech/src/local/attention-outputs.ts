import { bytesField, editFields, numberField, type Parts, readFields, textField, textOf } from "./protobuf.ts";

/*
 * The decoder as published computes where in the sound it looks for each token, and keeps it to itself. Its graph is one
 * `If` with two branches (with and without a cache); each gets the attention of some layers as further outputs, and
 * the graph hands them on. Numbers of fields: onnx.proto of ONNX.
 */
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_OUTPUT = 12;
const NODE_OUTPUT = 2;
const NODE_NAME = 3;
const NODE_TYPE = 4;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_GRAPH = 6;
const VALUE_NAME = 1;
const VALUE_TYPE = 2;
const TYPE_TENSOR = 1;
const TENSOR_ELEMENT = 1;
const FLOAT = 1;

/** The attention of a layer's heads, as the decoder gives it out: [1, heads, tokens, frames]. */
export const attentionOutput = (layer: number): string => `attention.${layer}`;

const floatValue = (name: string): Parts => {
  const tensor = bytesField(TYPE_TENSOR, numberField(TENSOR_ELEMENT, FLOAT));
  return bytesField(GRAPH_OUTPUT, [...textField(VALUE_NAME, name), ...bytesField(VALUE_TYPE, tensor)]);
};

/** What each layer's softmax over the sound is called in a branch. */
const attentionsOf = (branch: Uint8Array): Map<number, string> => {
  const names = new Map<number, string>();
  for (const { number, body } of readFields(branch)) {
    if (number !== GRAPH_NODE || body === null) continue;
    const node = readFields(body);
    const layer = /layers\.(\d+)\/encoder_attn\/Softmax$/.exec(textOf(node, NODE_NAME))?.[1];
    if (layer !== undefined && textOf(node, NODE_TYPE) === "Softmax")
      names.set(Number(layer), textOf(node, NODE_OUTPUT));
  }
  return names;
};

const withBranchOutputs = (branch: Uint8Array, layers: readonly number[]): Parts => {
  const names = attentionsOf(branch);
  const outputs = layers.flatMap((layer) => {
    const name = names.get(layer);
    if (name === undefined) throw new Error(`The decoder's layer ${layer} has no attention to the sound`);
    return floatValue(name);
  });
  return [branch, ...outputs];
};

const withNodeOutputs = (node: Uint8Array, layers: readonly number[]): Parts => {
  const edited = editFields(node, ({ number, body }) =>
    number === NODE_ATTRIBUTE && body !== null
      ? bytesField(
          NODE_ATTRIBUTE,
          editFields(body, (field) =>
            field.number === ATTRIBUTE_GRAPH && field.body !== null
              ? bytesField(ATTRIBUTE_GRAPH, withBranchOutputs(field.body, layers))
              : null,
          ),
        )
      : null,
  );
  return [...edited, ...layers.flatMap((layer) => textField(NODE_OUTPUT, attentionOutput(layer)))];
};

const withGraphOutputs = (graph: Uint8Array, layers: readonly number[]): Parts => {
  const edited = editFields(graph, ({ number, body }) =>
    number === GRAPH_NODE && body !== null && textOf(readFields(body), NODE_TYPE) === "If"
      ? bytesField(GRAPH_NODE, withNodeOutputs(body, layers))
      : null,
  );
  return [...edited, ...layers.flatMap((layer) => floatValue(attentionOutput(layer)))];
};

/**
 * A decoder's ONNX file with the attention of these layers among its outputs.
 * @throws Error for a model that is built otherwise.
 */
export const withAttentionOutputs = (model: Uint8Array, layers: readonly number[]): Uint8Array =>
  Buffer.concat(
    editFields(model, ({ number, body }) =>
      number === MODEL_GRAPH && body !== null ? bytesField(MODEL_GRAPH, withGraphOutputs(body, layers)) : null,
    ),
  );
