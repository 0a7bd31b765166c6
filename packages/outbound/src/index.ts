export * from "./addresses.ts";
export * from "./networks.ts";
export * from "./outbound-client.ts";
export * from "./outbound-error.ts";
export * from "./outbound-url.ts";
export * from "./secure-url.ts";
