# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of ipsecctl for bash: the command itself says what a word may become.
_ipsecctl()
{
	local line=${COMP_LINE:0:COMP_POINT} cur rest
	local -a words

	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=('')
	cur=${words[-1]}
	mapfile -t COMPREPLY < <("${words[0]}" complete "${words[@]:1}" 2>/dev/null)
	# Bash takes what is behind '=' for a word of its own.
	if [[ $cur == *=* && $COMP_WORDBREAKS == *=* ]]; then
		rest=${cur%"${cur##*=}"}
		COMPREPLY=("${COMPREPLY[@]#"$rest"}")
	fi
	[[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
	return 0
}
complete -o default -F _ipsecctl ipsecctl
