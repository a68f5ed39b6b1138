-- Neovim 0.11 or newer: copy to ~/.config/nvim/plugin/keys.lua. The server has the colours of the words as well.

vim.filetype.add({ extension = { keys = "keys" } })

vim.lsp.config("terminal_sim", {
  cmd = { "terminal-sim", "lsp" },
  filetypes = { "keys" },
  root_markers = { "pyproject.toml", ".git" },
})
vim.lsp.enable("terminal_sim")

vim.api.nvim_create_autocmd("FileType", {
  pattern = "keys",
  callback = function()
    vim.bo.commentstring = "# %s"
    vim.bo.shiftwidth = 2
    vim.bo.expandtab = true
    vim.wo.foldmethod = "indent"
  end,
})
