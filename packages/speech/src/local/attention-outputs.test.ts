import { describe, expect, test } from "vitest";

import { withAttentionOutputs } from "./attention-outputs.ts";
import { bytesField, numberField, type Parts, readFields, textField, textOf } from "./protobuf.ts";

/** A model of the decoder's build: one `If` whose branches hold one softmax over the sound a layer. */
const softmax = (layer: number): Parts =>
  bytesField(1, [
    ...textField(2, `weights.${layer}`),
    ...textField(3, `/layers.${layer}/encoder_attn/Softmax`),
    ...textField(4, "Softmax"),
  ]);
const branch = (name: string): Parts =>
  bytesField(5, [...textField(1, name), ...bytesField(6, [0, 1].flatMap(softmax))]);
const node = [...textField(2, "logits"), ...textField(4, "If"), ...branch("then_branch"), ...branch("else_branch")];
const MODEL = Buffer.concat([
  ...numberField(1, 300),
  ...bytesField(7, bytesField(1, node)),
  ...textField(2, "exporter"),
]);

const bodies = (message: Uint8Array, number: number): Uint8Array[] =>
  readFields(message).flatMap((field) => (field.number === number && field.body !== null ? [field.body] : []));
const names = (values: readonly Uint8Array[]): string[] => values.map((value) => textOf(readFields(value), 1));

describe("withAttentionOutputs", () => {
  test("both branches give out the layer's attention, the node and the graph hand it on, and the rest stays", () => {
    const edited = withAttentionOutputs(MODEL, [1]);
    const [main = new Uint8Array()] = bodies(edited, 7);
    expect(names(bodies(main, 12))).toEqual(["attention.1"]);
    const [edit = new Uint8Array()] = bodies(main, 1);
    expect(bodies(edit, 2).map((output) => Buffer.from(output).toString())).toEqual(["logits", "attention.1"]);
    const branches = bodies(edit, 5).flatMap((attribute) => bodies(attribute, 6));
    expect(branches.map((one) => names(bodies(one, 12)))).toEqual([["weights.1"], ["weights.1"]]);
    expect(readFields(edited).map(({ number }) => number)).toEqual([1, 7, 2]);
    expect(textOf(readFields(edited), 2)).toBe("exporter");
  });

  test("a layer that is not there is named", () => {
    expect(() => withAttentionOutputs(MODEL, [2])).toThrow("layer 2");
  });

  test("bytes that are no protobuf are refused", () => {
    expect(() => withAttentionOutputs(Uint8Array.of(0x3a, 0xff, 0xff), [0])).toThrow("protobuf");
  });
});
