// What a view answers is a tree of descriptions; patch() makes the document like it and keeps the elements that are there, with
// their focus, caret and scroll. Text becomes text nodes: nothing is ever parsed as markup.

const SVG = "http://www.w3.org/2000/svg";

// Members that live on the element, for an attribute of that name is only their first value.
const PROPERTIES = new Set(["value", "checked", "indeterminate", "selected"]);

const isShown = child => child !== null && child !== undefined && child !== false && child !== true && child !== "";

/**
 * Describes an element.
 * @param props attributes; `on…` are handlers; `key` tells it from its neighbours; `mounted(element)` runs once it is there;
 *   `style` is an object of custom properties
 */
export function h(tag, props, ...children) {
  return { tag, props: props || {}, key: props ? props.key : undefined, children: children.flat(Infinity).filter(isShown) };
}

function setProperty(element, name, value) {
  if (name === "key" || name === "mounted") return;
  if (name.startsWith("on")) {
    element[name] = value || null;
  } else if (name === "style") {
    for (const [member, text] of Object.entries(value || {})) element.style.setProperty(member, text);
  } else if (PROPERTIES.has(name)) {
    if (element[name] !== value) element[name] = value ?? "";
  } else if (value === undefined || value === null || value === false) {
    element.removeAttribute(name);
  } else {
    const text = value === true ? "" : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

function setProperties(element, before, after) {
  for (const name of Object.keys(before)) {
    if (!(name in after)) setProperty(element, name, undefined);
  }
  for (const name of Object.keys(after)) setProperty(element, name, after[name]);
}

function make(description, isInSvg, mounted) {
  if (typeof description !== "object") return document.createTextNode(String(description));
  const isSvg = isInSvg || description.tag === "svg";
  const element = isSvg ? document.createElementNS(SVG, description.tag) : document.createElement(description.tag);
  update(element, description, isSvg, mounted);
  if (description.props.mounted) mounted.push(() => description.props.mounted(element));
  return element;
}

function update(element, description, isSvg, mounted) {
  const before = element.described ? element.described.props : {};
  element.described = description;
  const isFilledFirst = description.tag === "select"; // its value is one of its options
  if (!isFilledFirst) setProperties(element, before, description.props);
  patchChildren(element, description.children, isSvg, mounted);
  if (isFilledFirst) setProperties(element, before, description.props);
}

function isLike(node, description) {
  if (typeof description !== "object") return node.nodeType === Node.TEXT_NODE;
  return Boolean(node.described) && node.described.tag === description.tag && node.described.key === description.key;
}

function patchChildren(parent, children, isSvg, mounted) {
  const keyed = new Map();
  for (const node of parent.childNodes) {
    if (node.described && node.described.key !== undefined) keyed.set(node.described.key, node);
  }
  const wantedKeys = new Set(children.map(child => (typeof child === "object" ? child.key : undefined)));
  const isGone = node => node.described && node.described.key !== undefined && !wantedKeys.has(node.described.key);
  for (const node of [...parent.childNodes]) if (isGone(node)) node.remove(); // first: those that stay need not move, nor lose focus
  let at = parent.firstChild;
  for (const child of children) {
    const wanted = typeof child === "object" && child.key !== undefined ? keyed.get(child.key) : undefined;
    let node = wanted && isLike(wanted, child) ? wanted : at && isLike(at, child) ? at : null;
    if (!node) {
      node = make(child, isSvg, mounted);
    } else if (typeof child === "object") {
      update(node, child, isSvg || child.tag === "svg", mounted);
    } else if (node.data !== String(child)) {
      node.data = String(child);
    }
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** Makes the children of an element what the descriptions say. */
export function patch(parent, ...children) {
  const mounted = [];
  patchChildren(parent, children.flat(Infinity).filter(isShown), false, mounted);
  for (const run of mounted) run();
}
