// Texts and tables of the page as files on the machine of the person who looks at it.

export function save(content, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(content instanceof Blob ? content : new Blob([content])), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

// Rows with their names first, as RFC 4180 says. A cell that a spreadsheet would take for a formula is text.
export function csv(columns, rows) {
  const cell = (value) => {
    const text = String(value ?? "");
    const plain = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
    return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  return [columns, ...rows.map((row) => columns.map((name) => row[name]))].map((cells) => cells.map(cell).join(",")).join("\r\n") + "\r\n";
}
