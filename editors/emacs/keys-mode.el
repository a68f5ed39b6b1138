;;; keys-mode.el --- Scripts of terminal-sim -*- lexical-binding: t -*-

;; Emacs 29 or newer: (load "/path/to/keys-mode.el"), then M-x eglot in a script, or
;; (add-hook 'keys-mode-hook #'eglot-ensure).

;;; Code:

(defvar keys-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?- "w" table)
    (modify-syntax-entry ?_ "w" table)
    table))

(defvar keys-mode-font-lock
  '(("^\\(keys\\|terminal\\|locale\\|clock\\|cards\\|requires\\|use\\|secret\\|with\\|macro\\|setup\\|scenario\\|examples\\|teardown\\)\\>"
     . font-lock-keyword-face)
    ("^[ \t]+\\(with\\|examples\\)\\>" 1 font-lock-keyword-face)
    ("^[ \t]+\\(expect\\(?: no\\)? [a-z]+\\|[a-z][a-z!-]*\\)" 1 font-lock-function-name-face)
    ("\\${[^{}]*}" 0 font-lock-variable-name-face t)
    ("[ \t]\\([A-Za-z][A-Za-z0-9_.-]*\\)=" 1 font-lock-type-face)
    ("[ \t]\\(@[^ \t\n]+\\|id:[^ \t\n]+\\)" 1 font-lock-constant-face)))

;;;###autoload
(define-derived-mode keys-mode prog-mode "keys"
  "Scripts of terminal-sim."
  (setq-local comment-start "# ")
  (setq-local comment-start-skip "#+[ \t]*")
  (setq-local indent-tabs-mode nil)
  (setq-local tab-width 2)
  (setq font-lock-defaults '(keys-mode-font-lock)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.keys\\'" . keys-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(keys-mode . ("terminal-sim" "lsp"))))

(provide 'keys-mode)

;;; keys-mode.el ends here
