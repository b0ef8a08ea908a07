// Makes calls with the vendor's library `@clerk/backend`, which is looked for from the working
// directory. Standard input holds them as JSON, `[["instance.update", {"hibp": true}], …]`; standard
// output gets what each came to, `[{"answer": …}, {"refused": 422, "errors": […]}]`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { createClerkClient } = createRequire(`${process.cwd()}/`)("@clerk/backend");

const client = createClerkClient({
  secretKey: process.env.CLERK_SECRET_KEY,
  apiUrl: process.env.CLERK_BACKEND_API_URL,
  telemetry: { disabled: true },
});

async function made([name, parameters]) {
  const [resource, method] = name.split(".");
  try {
    return { answer: (await client[resource][method](parameters)) ?? null };
  } catch (error) {
    return { refused: error.status ?? String(error), errors: error.errors ?? [] };
  }
}

const outcomes = [];
for (const call of JSON.parse(readFileSync(0, "utf8"))) outcomes.push(await made(call));
console.log(JSON.stringify(outcomes));
