" Vim 8 or newer: copy to ~/.vim/plugin/keys.vim. With the plugin vim-lsp it starts the language server; `:make` and `gq` work without.

augroup terminal_sim_keys
  autocmd!
  autocmd BufRead,BufNewFile *.keys setfiletype keys
  autocmd FileType keys call s:Prepare()
  autocmd User lsp_setup call lsp#register_server({
        \ 'name': 'terminal-sim',
        \ 'cmd': {info -> ['terminal-sim', 'lsp']},
        \ 'allowlist': ['keys'],
        \ })
augroup END

function! s:Prepare() abort
  setlocal commentstring=#\ %s expandtab shiftwidth=2 foldmethod=indent
  setlocal makeprg=terminal-sim\ check\ %:S
  setlocal errorformat=%f:%l:%c:\ %m,%-G%.%#
  setlocal formatprg=terminal-sim\ fmt\ -
  if exists('*lsp#complete')
    setlocal omnifunc=lsp#complete
  endif
  syntax clear
  syntax match keysHead /^\(keys\|terminal\|locale\|clock\|cards\|requires\|use\|secret\|with\|macro\|setup\|scenario\|examples\|teardown\)\>/
  syntax match keysHead /^\s\+\(with\|examples\)\>/
  syntax match keysAct /^\s\+\zs\(expect\(\s\+no\)\?\s\+\|forbid\s\+\|tear\s\+card\s\+\|remove\s\+\|save\s\+\|host\s\+\|pos\s\+\|from\s\+\|account\s\+\)\?[a-z][a-z!-]*\>/
  syntax match keysField /\s\zs[A-Za-z][A-Za-z0-9_.-]*\ze=/
  syntax match keysTag /\s\zs@\S\+/
  syntax match keysId /\s\zsid:\S\+/
  syntax match keysVariable /\${[^{}]*}/
  syntax region keysText start=/"/ skip=/\\./ end=/"\|$/ contains=keysVariable
  syntax match keysPattern /\s\zs\/\(\\.\|[^\/\\]\)\+\/\ze\(\s\|$\)/
  syntax match keysComment /\(^\|\s\)\zs#.*$/
  highlight default link keysHead Statement
  highlight default link keysAct Keyword
  highlight default link keysField Identifier
  highlight default link keysTag Type
  highlight default link keysId Label
  highlight default link keysVariable Special
  highlight default link keysText String
  highlight default link keysPattern Constant
  highlight default link keysComment Comment
endfunction
