"use strict";

/** An element with its attributes and children; texts stay texts. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
  made.append(...children.flat(Infinity).filter((child) => child != null && child !== ""));
  return made;
}

/** A paragraph's text with what stands in backticks as code. */
function prose(text) {
  return text.split("`").map((part, index) =>
    index % 2 ? element("code", {}, part) : part);
}

function paragraphs(text) {
  return (text ?? "").split("\n\n").filter(Boolean).map((part) => element("p", {}, prose(part)));
}

function resolve(api, value) {
  if (!value?.$ref) return value ?? {};
  return value.$ref.slice(2).split("/").reduce((found, key) => found[key], api);
}

function componentName(schema) {
  return schema.$ref?.split("/").pop();
}

/** A schema in few words. */
function typeText(api, schema) {
  const name = componentName(schema);
  const body = resolve(api, schema);
  if (body.const !== undefined) return JSON.stringify(body.const);
  if (body.enum) return body.enum.join(" | ");
  const choices = body.anyOf ?? body.oneOf;
  if (choices && !name) return choices.map((choice) => typeText(api, choice)).join(" or ");
  if (body.not) return "anything else";
  if (name) return name;
  if (body.type === "array") return `array of ${typeText(api, body.items)}`;
  if (body.allOf) return body.allOf.map((part) => typeText(api, part)).join(" and ");
  let text = [].concat(body.type ?? "any").join(" or ");
  if (body.format) text += ` (${body.format})`;
  const bounds = [];
  if (body.minimum !== undefined) bounds.push(`from ${body.minimum}`);
  if (body.maximum !== undefined) bounds.push(`to ${body.maximum}`);
  if (body.exclusiveMinimum !== undefined) bounds.push(`above ${body.exclusiveMinimum}`);
  if (body.default !== undefined) bounds.push(`default ${body.default}`);
  return [text, ...bounds].join(", ");
}

/** What can be unfolded inside a schema; null where there is nothing. */
function inside(api, schema, above) {
  const name = componentName(schema);
  if (name && above.includes(name)) return null;
  const path = name ? [...above, name] : above;
  const body = resolve(api, schema);
  if (body.items) return inside(api, body.items, path);
  const parts = body.allOf ?? body.anyOf ?? body.oneOf;
  if (parts) {
    const found = parts.map((part) => inside(api, part, path)).filter(Boolean);
    return found.length ? element("div", {}, found) : null;
  }
  if (!body.properties || !body.type) return null;
  const required = body.required ?? [];
  const members = Object.entries(body.properties).map(([key, value]) => {
    const below = inside(api, value, path);
    const line = [
      element("code", {}, key), " ", element("span", { class: "type" }, typeText(api, value)),
      required.includes(key) ? element("span", { class: "type" }, " · required") : null,
      value.description ?? resolve(api, value).description
        ? element("span", { class: "quiet" }, " – ",
          prose(value.description ?? resolve(api, value).description))
        : null,
    ];
    return below
      ? element("details", { class: "member" }, element("summary", {}, line), below)
      : element("div", { class: "member" }, line);
  });
  return element("div", { class: "schema" },
    body.description && name ? element("p", { class: "quiet" }, prose(body.description)) : null,
    members);
}

function shown(example) {
  return typeof example === "string" ? example : JSON.stringify(example, null, 2);
}

function copyable(text) {
  const button = element("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(button.parentElement.querySelector("pre"));
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  return element("div", { class: "example" }, element("pre", { tabindex: "0" }, text), button);
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The line that asks the route, with the examples of what it needs. */
function curl(base, path, method, operation) {
  let target = path;
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in !== "path") continue;
    target = target.replace(`{${parameter.name}}`, encodeURIComponent(parameter.example ?? ""));
  }
  const lines = [`curl -sS ${quoted(base + target)}`];
  if (operation.security?.length) lines.push('-H "Authorization: Bearer $TOKEN"');
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (type) {
    lines.push(`-H 'Content-Type: ${type}'`);
    const body = typeof content.example === "string"
      ? content.example : JSON.stringify(content.example);
    lines.push(`--data-binary ${quoted(body)}`);
  }
  return lines.join(" \\\n  ");
}

function parameterRows(api, parameters) {
  return parameters.map((parameter) => element("tr", {},
    element("td", {}, parameter.name),
    element("td", {},
      element("span", { class: "type" }, parameter.in === "path" ? "in the path · " : "",
        typeText(api, parameter.schema)),
      element("div", {}, prose(parameter.description ?? "")),
      parameter.example !== undefined
        ? element("div", { class: "quiet" }, "e.g. ", element("code", {}, `${parameter.example}`))
        : null)));
}

function contents(api, content) {
  return Object.entries(content ?? {}).flatMap(([type, body]) => {
    const below = inside(api, body.schema, []);
    return [
      element("p", { class: "quiet" }, element("code", {}, type), " ",
        componentName(body.schema) ?? ""),
      below ? element("details", {}, element("summary", {}, "Members"), below) : null,
      body.example !== undefined ? copyable(shown(body.example)) : null,
    ];
  });
}

function article(api, base, path, method, operation) {
  const scope = operation.security?.[0]?.bearer?.[0];
  const answers = Object.entries(operation.responses).map(([status, response]) => {
    const body = resolve(api, response);
    if (status === "200") return null;
    return element("tr", {}, element("td", {}, status),
      element("td", {}, prose(body.description)));
  });
  return element("article", { id: operation.operationId },
    element("div", { class: "head" },
      element("span", { class: `method ${method}` }, method.toUpperCase()),
      element("span", { class: "path" }, path),
      element("span", { class: "scope" }, scope ? `scope ${scope}` : "no token needed")),
    element("p", {}, prose(operation.summary)),
    paragraphs(operation.description),
    operation.parameters?.length
      ? [element("h3", {}, "Parameters"),
        element("table", {}, element("tbody", {}, parameterRows(api, operation.parameters)))]
      : null,
    operation.requestBody
      ? [element("h3", {}, "Body"), contents(api, operation.requestBody.content)] : null,
    element("h3", {}, "Try it"), copyable(curl(base, path, method, operation)),
    element("h3", {}, "Answer 200"), contents(api, operation.responses["200"].content),
    element("details", {}, element("summary", {}, "Refusals"),
      element("table", {}, element("tbody", {}, answers.filter(Boolean)))));
}

function render(api) {
  const base = new URL(api.servers[0].url, location.href).href.replace(/\/$/, "");
  document.getElementById("version").textContent = api.info.version;
  document.getElementById("summary").replaceWith(
    element("p", {}, `${api.info.summary}. `,
      element("a", { href: "openapi.json" }, "openapi.json")),
    ...paragraphs(api.info.description));
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  for (const tag of api.tags) {
    const found = operations.filter(({ operation }) => operation.tags.includes(tag.name));
    if (!found.length) continue;
    document.getElementById("contents").append(
      element("strong", {}, tag.name),
      ...found.map(({ path, method, operation }) =>
        element("a", { href: `#${operation.operationId}`, title: operation.summary },
          element("span", { class: `method ${method}` }, method.toUpperCase()),
          element("span", { class: "path" }, path))));
    document.getElementById("routes").append(
      element("h2", {}, tag.name), element("p", { class: "quiet" }, prose(tag.description)),
      ...found.map(({ path, method, operation }) =>
        article(api, base, path, method, operation)));
  }
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

fetch("openapi.json")
  .then((answer) => answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText)))
  .then(render)
  .catch((error) => {
    document.getElementById("summary").textContent =
      `The description at openapi.json could not be read: ${error.message}`;
  });
