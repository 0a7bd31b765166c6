// The bar of the docs page: register, log in, log out. A login is given to Swagger UI, so that "Try it out" sends it.
// It is kept in this page's memory only; closing or reloading the page forgets it.
/* oxlint-disable unicorn/consistent-function-scoping -- The block keeps this script's names from being the page's. */
{
  const SCHEMES = ["bearer", "administrator"];
  /** A token is renewed this long before it ends. */
  const RENEW_BEFORE_MS = 60_000;

  /** @type {{ accessToken: string, refreshToken: string, expiresInMs: number, user: object } | null} */
  let session = null;
  let renewal = 0;

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  const field = (label, properties) => {
    const input = element("input", { required: true, ...properties });
    return element("label", {}, element("span", { textContent: label }), input);
  };

  const button = (text, className) => element("button", { type: "submit", textContent: text, className });

  const status = element("p", { className: "account-status" });
  status.setAttribute("role", "status");
  const who = element("strong");
  const leave = element("button", { type: "button", textContent: "Log out", className: "quiet" });
  const inside = element(
    "div",
    { className: "account-inside", hidden: true },
    element("span", {}, "Logged in as ", who),
    leave,
  );
  const email = field("Email", { type: "email", name: "email", autocomplete: "username" });
  const password = field("Password", { type: "password", name: "password", autocomplete: "current-password" });
  const name = field("Name", { type: "text", name: "name", autocomplete: "name" });
  const logInButton = button("Log in", "");
  const registerButton = button("Register", "quiet");
  // Never sent by the browser itself; were it, a password would not stand in an address.
  const form = element(
    "form",
    { className: "account-form", method: "post" },
    name,
    email,
    password,
    logInButton,
    registerButton,
  );

  const say = (text, isFault = false) => {
    status.textContent = text;
    status.classList.toggle("fault", isFault);
  };

  /** Resolves to the body of the answer; throws an Error that says what the problem said. */
  const send = async (path, body) => {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    const value = text === "" ? null : JSON.parse(text);
    if (answer.ok) return value;
    const faults = (value.errors ?? []).map((fault) => `${fault.path.replace("body.", "")}: ${fault.message}`);
    throw new Error(faults.length > 0 ? faults.join("; ") : value.detail);
  };

  const show = () => {
    form.hidden = session !== null;
    inside.hidden = session === null;
    who.textContent = session === null ? "" : `${session.user.name} (${session.user.email})`;
  };

  const forget = () => {
    session = null;
    clearTimeout(renewal);
    globalThis.ui.authActions.logout(SCHEMES);
    show();
  };

  const keep = (tokens) => {
    session = tokens;
    const mine = tokens.user.role === "admin" ? SCHEMES : SCHEMES.slice(0, 1);
    for (const scheme of mine) globalThis.ui.preauthorizeApiKey(scheme, tokens.accessToken);
    renewal = setTimeout(() => void renew(), Math.max(0, tokens.expiresInMs - RENEW_BEFORE_MS));
    show();
  };

  const renew = async () => {
    try {
      keep(await send("/v1/auth/refresh", { refreshToken: session.refreshToken }));
    } catch (error) {
      forget();
      say(`The session is over, log in again. ${error.message}`, true);
    }
  };

  const setRegistering = (isRegistering) => {
    form.classList.toggle("registering", isRegistering);
    name.hidden = !isRegistering;
    name.querySelector("input").disabled = !isRegistering;
    password.querySelector("input").autocomplete = isRegistering ? "new-password" : "current-password";
    logInButton.textContent = isRegistering ? "Create account" : "Log in";
    registerButton.textContent = isRegistering ? "Back" : "Register";
  };

  const enter = async () => {
    const isRegistering = form.classList.contains("registering");
    const account = Object.fromEntries(new FormData(form));
    if (isRegistering) await send("/v1/auth/register", account);
    keep(await send("/v1/auth/login", { email: account.email, password: account.password }));
    form.reset();
    setRegistering(false);
    say("“Try it out” now sends your token. A reload of this page forgets it.");
  };

  const attempt = async (action) => {
    form.inert = true;
    say("");
    try {
      await action();
    } catch (error) {
      say(error.message, true);
    } finally {
      form.inert = false;
    }
  };

  registerButton.type = "button";
  registerButton.addEventListener("click", () => {
    say("");
    setRegistering(!form.classList.contains("registering"));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(enter);
  });
  leave.addEventListener("click", () => {
    const { refreshToken } = session;
    forget();
    void attempt(async () => {
      await send("/v1/auth/logout", { refreshToken });
      say("Logged out.");
    });
  });

  setRegistering(false);
  const links = element(
    "nav",
    {},
    element("a", { href: "/docs/errors", textContent: "Errors" }),
    element("a", { href: "/openapi.json", textContent: "openapi.json" }),
  );
  const brand = element(
    "a",
    { href: "/docs/", className: "brand" },
    "Phonoscene",
    element("small", { textContent: "API" }),
  );
  const account = element("div", { className: "account" }, form, inside, status);
  document.body.prepend(element("header", { className: "bar" }, brand, links, account));
}
