# Completion for bash. What may stand at the cursor is said by the program itself.
_fmcal_lua()
{
  local words=() joined='' current=${COMP_WORDS[COMP_CWORD]} line word at
  # bash takes --direction=both apart, and ids with colons: here a word is what a blank ends.
  for ((at = 1; at <= COMP_CWORD; at++)); do
    if ((at > 1)) && [[ ${COMP_WORDS[at]} == [=:] || ${COMP_WORDS[at - 1]} == [=:] ]]; then
      joined=${words[-1]}
      words[-1]+=${COMP_WORDS[at]}
    else
      joined=''
      words+=("${COMP_WORDS[at]}")
    fi
  done
  [[ $current == [=:] ]] && joined+=$current

  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == $'\t'* ]]; then
      compopt -o default
      continue
    fi
    printf -v word %q "${line%%$'\t'*}"
    COMPREPLY+=("${word#"$joined"}")
    [[ $word == */ ]] && compopt -o nospace
  done < <("${COMP_WORDS[0]/#\~/$HOME}" complete.lua -- "${words[@]}" 2>/dev/null)
}
complete -F _fmcal_lua fmcal-lua
