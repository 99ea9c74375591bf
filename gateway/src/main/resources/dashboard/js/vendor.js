// The only file that knows third-party code.
//
// Preact and its hooks come as classic scripts from index.html: the module build of the hooks imports the bare name
// "preact", which needs an import map, and an inline import map is refused by our content security policy.

const { h, render, Component, Fragment, createContext } = globalThis.preact;
const { useState, useEffect, useLayoutEffect, useMemo, useRef, useCallback, useContext, useReducer, useId } = globalThis.preactHooks;

export {
  h, render, Component, Fragment, createContext,
  useState, useEffect, useLayoutEffect, useMemo, useRef, useCallback, useContext, useReducer, useId,
};

const UPLOT = '/webjars/uplot/dist/';
let uplot = null;

/**
 * Loads the chart library when the first chart appears; the first view of the dashboard does without it.
 * @returns {Promise<any>} the uPlot class
 */
export function loadUplot() {
  uplot ??= Promise.all([import(`${UPLOT}uPlot.esm.js`), stylesheet(`${UPLOT}uPlot.min.css`)])
    .then(([module]) => module.default)
    .catch((failure) => {
      uplot = null;
      throw failure;
    });
  return uplot;
}

/** @param {string} href */
function stylesheet(href) {
  return new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = href;
    link.onload = resolve;
    link.onerror = () => reject(new Error(`cannot load ${href}`));
    document.head.append(link);
  });
}
