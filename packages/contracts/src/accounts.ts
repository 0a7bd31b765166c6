import { z } from "zod";

export const Email = z
  .email("An email looks like name@example.com")
  .max(254)
  .transform((email) => email.toLowerCase())
  .meta({ example: "ada@example.com" });

export const Register = z
  .strictObject({
    email: Email,
    password: z.string().min(8).max(128).meta({ example: "correct horse battery staple" }),
    name: z.string().trim().min(1).max(100).meta({ example: "Ada" }),
  })
  .meta({ id: "Register" });

export const Login = z.strictObject({ email: Email, password: z.string().min(1).max(128) }).meta({ id: "Login" });

export const User = z
  .object({
    object: z.literal("user"),
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.enum(["user", "admin"]),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "User" });
export type User = z.infer<typeof User>;

export const Tokens = z
  .object({
    accessToken: z.string().meta({ description: "A JWT for the `Authorization: Bearer` header" }),
    refreshToken: z.string().meta({ description: "Opaque; keep it secret" }),
    expiresInMs: z.int().meta({ description: "Lifetime of the access token" }),
    user: User,
  })
  .meta({ id: "Tokens" });
