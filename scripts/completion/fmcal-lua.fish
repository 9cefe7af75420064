# Completion for fish. What may stand at the cursor is said by the program itself.
function __fmcal_lua_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete.lua -- $words[2..-1] $current 2>/dev/null)
        if string match -q \t'*' -- $line
            __fish_complete_path $current
        else
            echo $line
        end
    end
end
complete -c fmcal-lua -f -a '(__fmcal_lua_complete)'
