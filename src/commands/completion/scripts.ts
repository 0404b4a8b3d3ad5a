/** What shells run to complete a command line: each asks the hidden `netpeek __complete` for candidates. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** bash breaks words at colons, and then wants the rest of the word only; an empty answer leaves it to file names. */
const BASH = String.raw`# bash completion for netpeek. In ~/.bashrc:  source <(netpeek completion bash)
_netpeek() {
  local line=${'$'}{COMP_LINE:0:COMP_POINT} current prefix candidate
  local -a words
  IFS=$' \t' read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=${'$'}{words[-1]}
  prefix=${'$'}{current%"${'$'}{current##*[:@=]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r candidate _; do
    [[ $candidate == "$current"* ]] && COMPREPLY+=("${'$'}{candidate#"$prefix"}")
  done < <("$1" __complete -- "${'$'}{words[@]:1}" 2> /dev/null)
}
complete -o default -F _netpeek netpeek`;

const ZSH = String.raw`#compdef netpeek
# zsh completion for netpeek. In ~/.zshrc, after compinit:  source <(netpeek completion zsh)
_netpeek() {
  local line
  local -a candidates
  while IFS= read -r line; do
    candidates+=("${'$'}{${'$'}{line%%$'\t'*}//:/\\:}:${'$'}{line#*$'\t'}")
  done < <("$words[1]" __complete -- "${'$'}{(@)words[2,CURRENT]}" 2> /dev/null)
  if (( ${'$'}{#candidates} )); then
    _describe netpeek candidates
  else
    _files
  fi
}
if [[ $funcstack[1] == _netpeek ]]; then
  _netpeek
elif (( $+functions[compdef] )); then
  compdef _netpeek netpeek
fi`;

const FISH = `# fish completion for netpeek. In ~/.config/fish/config.fish:  netpeek completion fish | source
function __netpeek_complete
  set -l words (commandline -opc) "$(commandline -ct)"
  netpeek __complete -- $words[2..-1] 2> /dev/null
end
complete -c netpeek -f -a '(__netpeek_complete)'
complete -c netpeek -n '__fish_seen_subcommand_from diff' -F
complete -c netpeek -n 'contains -- -- (commandline -opc)' -F -a '(__fish_complete_command)'
complete -c netpeek -l snapshot -r -F
complete -c netpeek -l record -r -F
complete -c netpeek -l replay -r -F
complete -c netpeek -s o -l output -r -F
complete -c netpeek -s w -l write -r -F`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
