import { h } from '../vendor.js';

// Tagged templates instead of JSX, so that there is no build step:
//
//   html`<a class="name" href=${url} ...${rest}>${label}</a>`
//   html`<${Tile} label="Sent" value=${n} />`     components close with /> or <//>
//
// A template literal is parsed once, when it is first met; afterwards only its holes are filled.
// Nothing is ever handed to the browser as HTML text, so values need no escaping.

const HOLE = '\uE000';

/** @typedef {{hole: number}} Hole */
/** @typedef {{type: string | Hole, props: Array<Prop>, children: Array<Node>}} Element */
/** @typedef {string | Hole | Element} Node */
/** @typedef {{name?: string, parts?: Array<string | Hole>, spread?: Hole}} Prop */

/** @type {WeakMap<TemplateStringsArray, Array<Node>>} */
const parsed = new WeakMap();

/**
 * @param {TemplateStringsArray} strings
 * @param {...any} values
 */
export function html(strings, ...values) {
  let nodes = parsed.get(strings);
  if (!nodes) {
    nodes = parse(strings.join(HOLE));
    parsed.set(strings, nodes);
  }
  return nodes.length === 1 ? build(nodes[0], values) : nodes.map((node) => build(node, values));
}

/** @param {Node} node @param {any[]} values */
function build(node, values) {
  if (typeof node === 'string') return node;
  if ('hole' in node) return values[node.hole];
  const type = typeof node.type === 'string' ? node.type : values[node.type.hole];
  /** @type {Record<string, any>} */
  const props = {};
  for (const { name, parts, spread } of node.props) {
    if (spread) Object.assign(props, values[spread.hole]);
    else if (parts.length === 0) props[name] = true;
    else if (parts.length === 1) props[name] = fill(parts[0], values);
    else props[name] = parts.map((part) => fill(part, values) ?? '').join('');
  }
  return h(type, props, ...node.children.map((child) => build(child, values)));
}

const fill = (part, values) => (typeof part === 'string' ? part : values[part.hole]);

/** @param {string} source @returns {Array<Node>} */
function parse(source) {
  let at = 0;
  let holes = 0;
  /** @type {Element} */
  const root = { type: '', props: [], children: [] };
  const open = [root];

  const fail = (what) => {
    throw new SyntaxError(`${what} in template: ${source.slice(Math.max(0, at - 60), at + 20).replaceAll(HOLE, '${}')}`);
  };
  const skipSpace = () => {
    while (/\s/.test(source[at])) at++;
  };
  const take = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (!match) fail(`expected ${pattern.source}`);
    at = pattern.lastIndex;
    return match[0];
  };
  /** Cuts text at its holes. */
  const pieces = (text) => text.split(HOLE).flatMap((piece, i) => (i === 0 ? [piece] : [{ hole: holes++ }, piece]));

  while (at < source.length) {
    if (source.startsWith('</', at) || source.startsWith('<//', at)) {
      const end = source.indexOf('>', at);
      for (const c of source.slice(at, end)) if (c === HOLE) holes++;
      at = end + 1;
      if (open.length === 1) fail('closing tag without opening tag');
      open.pop();
    } else if (source[at] === '<') {
      at++;
      const name = take(/[^\s/>]+/y);
      /** @type {Element} */
      const element = { type: name === HOLE ? { hole: holes++ } : name, props: [], children: [] };
      open.at(-1).children.push(element);
      for (;;) {
        skipSpace();
        if (source.startsWith('/>', at)) {
          at += 2;
          break;
        }
        if (source[at] === '>') {
          at++;
          open.push(element);
          break;
        }
        if (source.startsWith(`...${HOLE}`, at)) {
          at += 4;
          element.props.push({ spread: { hole: holes++ } });
          continue;
        }
        const prop = { name: take(/[^\s=/>]+/y), parts: [] };
        element.props.push(prop);
        if (source[at] !== '=') continue;
        at++;
        const value = source[at] === '"' ? take(/"[^"]*"/y).slice(1, -1) : take(/[^\s>/]+/y);
        prop.parts = pieces(value).filter((part) => part !== '');
        if (prop.parts.length === 0) prop.parts.push('');
      }
    } else {
      const end = source.indexOf('<', at);
      const text = source.slice(at, end < 0 ? source.length : end);
      at += text.length;
      for (const piece of pieces(text)) {
        if (typeof piece !== 'string') open.at(-1).children.push(piece);
        else {
          // As in JSX: line breaks with the blanks around them are layout of the source, not text.
          const visible = piece.replace(/^\s*\n\s*|\s*\n\s*$/g, '').replace(/\s*\n\s*/g, ' ');
          if (visible) open.at(-1).children.push(visible);
        }
      }
    }
  }
  if (open.length > 1) fail('tag left open');
  return root.children;
}
