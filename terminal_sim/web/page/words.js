// The words of the page in its two languages. Ids, verbs, card names and tags are the same in both.

const WORDS = {
  en: {
    cards: "Cards", surroundings: "Surroundings", network: "Network", service: "Service", host: "Host", power: "Power", paper: "Paper", battery: "Battery",
    timeline: "Timeline", details: "Details", script: "Script", receipts: "Receipts", filter: "filter: kind:apdu, text, -text",
    pause: "Let the clock stand still", run: "Let the clock run", next: "Next", nothingDue: "nothing is due", jump: "Jump", theme: "Light or dark", language: "Language",
    remove: "Remove", insert: "Insert", tap: "Tap", swipe: "Swipe", answer: "Next answer", copy: "Copy", download: ".keys", pytest: "As pytest",
    live: "Live", reconnecting: "Reconnecting", restarted: "The bench was restarted", keysGo: "Keys go to", keysPage: "Keys go to the page", event: "event",
    noEvents: "Nothing yet. Press a key of the terminal.", noReceipt: "No receipt yet.", noDetail: "Choose an event of the timeline.",
    terminals: "Terminals", bytes: "bytes", noToken: "This page needs the link that terminal-sim serve printed.", noTokenHow: "Start `terminal-sim serve` again and open the link with #token= in it.",
    skip: "Skip to the terminal", add: "Add a terminal", toScreen: "key to screen", cleared: "Filter", newRows: "new", detail: "Detail", device: "Terminal", off: "off", film: "Film strip", back: "Looking back at event", goLive: "Live", notNow: "This is the past: go back to live to do something",
  },
  fr: {
    cards: "Cartes", surroundings: "Environnement", network: "Réseau", service: "Service", host: "Hôte", power: "Alimentation", paper: "Papier", battery: "Batterie",
    timeline: "Chronologie", details: "Détails", script: "Script", receipts: "Reçus", filter: "filtre : kind:apdu, texte, -texte",
    pause: "Arrêter l’horloge", run: "Faire avancer l’horloge", next: "Suivant", nothingDue: "rien n’est attendu", jump: "Sauter", theme: "Clair ou sombre", language: "Langue",
    remove: "Retirer", insert: "Insérer", tap: "Approcher", swipe: "Glisser", answer: "Prochaine réponse", copy: "Copier", download: ".keys", pytest: "En pytest",
    live: "En direct", reconnecting: "Reconnexion", restarted: "Le banc a été redémarré", keysGo: "Les touches vont à", keysPage: "Les touches vont à la page", event: "événement",
    noEvents: "Rien encore. Appuyez sur une touche du terminal.", noReceipt: "Aucun reçu pour l’instant.", noDetail: "Choisissez un événement de la chronologie.",
    terminals: "Terminaux", bytes: "octets", noToken: "Cette page a besoin du lien que terminal-sim serve a affiché.", noTokenHow: "Relancez `terminal-sim serve` et ouvrez le lien qui contient #token=.",
    skip: "Aller au terminal", add: "Ajouter un terminal", toScreen: "touche à écran", cleared: "Filtre", newRows: "nouveaux", detail: "Détail", device: "Terminal", off: "éteint", film: "Bande d’images", back: "Retour à l’événement", goLive: "En direct", notNow: "C’est le passé : revenez en direct pour agir",
  },
};

export let language = navigator.language.startsWith("fr") ? "fr" : "en";

export function speak(tag) {
  language = tag;
  document.documentElement.lang = tag;
}

export function say(id) {
  return WORDS[language][id];
}
