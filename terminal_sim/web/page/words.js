// The words of the page in its two languages, from the catalogues page/en.po and page/fr.po. Ids, verbs, card names and tags are the same in both.

import { set, setting } from "./settings.js";
import { WORDINGS } from "./wordings.js";

export let language = setting("language", navigator.language.startsWith("fr") ? "fr" : "en");

export function speak(tag) {
  language = tag;
  set("language", tag);
  document.documentElement.lang = tag;
}

// The wording of `id`; its places, such as {n}, take their values from `values`.
export function say(id, values = {}) {
  const wording = WORDINGS[language][id] ?? id;
  return wording.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

// The word for a kind of event.
export const kindWord = (kind) => say(`kind-${kind}`);
