# tka_instrument(): measure the annotated functions of a target.
#
#   option TKA_PROFILING (OFF)
#   tka_instrument(TARGET... [ALL] [RULES file] [STRICT] [MEMORY] [QT])
#
# With TKA_PROFILING off the targets only get tka.h's include directory; their
# annotations expand to nothing. With it on their sources are compiled by way of
# tka-cc, and they are linked with TKA's runtime.
#
#   ALL      every function, not only the annotated ones
#   RULES    file that selects functions by name, file and size
#   STRICT   an annotated function that cannot be instrumented is an error
#   MEMORY   link the allocation hooks into programs: where memory goes, and leaks.
#            Not with -fsanitize=address, thread or leak: a warning, nothing else
#   QT       not available in this version: a warning, nothing else
#
# A launcher that the target or the project has already is kept. ccache runs
# tka-cc as its prefix, so that it sees the original command and still hits its
# cache; distcc, icecc and sccache are started by tka-cc; others start tka-cc.
# Objects are rebuilt when tka-cc, the inserted headers or the rules
# file changes.

include_guard(GLOBAL)

# As of 3.20, whatever an older project asks for: functions keep what holds here.
cmake_policy(PUSH)
cmake_policy(VERSION 3.20)

option(TKA_PROFILING "Instrument the targets named in tka_instrument()" OFF)

function(tka_instrument)
    cmake_parse_arguments(PARSE_ARGV 0 arg "ALL;STRICT;MEMORY;QT" "RULES" "")
    if(NOT arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "tka_instrument: no target named")
    endif()
    if(DEFINED arg_KEYWORDS_MISSING_VALUES)
        message(FATAL_ERROR "tka_instrument: RULES needs a file")
    endif()
    foreach(target IN LISTS arg_UNPARSED_ARGUMENTS)
        if(NOT TARGET ${target})
            message(FATAL_ERROR "tka_instrument: there is no target '${target}'. "
                                "Call it after add_executable() or add_library().")
        endif()
    endforeach()
    if(arg_RULES)
        get_filename_component(arg_RULES "${arg_RULES}" ABSOLUTE)
        if(NOT EXISTS "${arg_RULES}")
            message(FATAL_ERROR "tka_instrument: no rules file '${arg_RULES}'")
        endif()
    endif()
    if(arg_QT AND TKA_PROFILING)
        message(WARNING "tka_instrument: QT is not available in this "
                        "version of TKA and has no effect")
    endif()

    set(options)
    if(arg_RULES)
        list(APPEND options --rules "${arg_RULES}")
    endif()
    if(arg_STRICT)
        list(APPEND options --strict)
    endif()
    if(arg_ALL)
        list(APPEND options --all)
    endif()
    foreach(target IN LISTS arg_UNPARSED_ARGUMENTS)
        _tka_instrument_target(${target} "${options}" "${arg_RULES}")
        if(arg_MEMORY AND TKA_PROFILING)
            _tka_link_memory(${target})
        endif()
    endforeach()
endfunction()

# In front of all other libraries, as among allocators the first one is called.
function(_tka_link_memory target)
    get_target_property(aliased ${target} ALIASED_TARGET)
    if(aliased)
        set(target ${aliased})
    endif()
    get_target_property(type ${target} TYPE)
    if(NOT type STREQUAL "EXECUTABLE")
        return() # a library's program decides
    endif()
    string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
    set(flags "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS} ${CMAKE_EXE_LINKER_FLAGS} \
${CMAKE_C_FLAGS_${config}} ${CMAKE_CXX_FLAGS_${config}} ")
    foreach(property IN ITEMS COMPILE_OPTIONS LINK_OPTIONS LINK_FLAGS)
        get_target_property(more ${target} ${property})
        string(APPEND flags "${more} ")
    endforeach()
    if(flags MATCHES "-fsanitize=[^ ;]*(address|thread|leak|memory)")
        message(WARNING "tka_instrument: memory is not tracked in '${target}': "
                        "-fsanitize=${CMAKE_MATCH_1} has an allocator of its own")
        return()
    endif()
    set_property(TARGET ${target} APPEND PROPERTY LINK_OPTIONS
        "LINKER:--push-state,--no-as-needed" "$<TARGET_FILE:TKA::memory>"
        "LINKER:--pop-state")
    set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES TKA::memory)
    if(TARGET tka_memory)
        add_dependencies(${target} tka_memory)
    endif()
endfunction()

function(_tka_instrument_target target options rules)
    get_target_property(aliased ${target} ALIASED_TARGET)
    if(aliased)
        set(target ${aliased})
    endif()
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "INTERFACE_LIBRARY")
        message(FATAL_ERROR "tka_instrument: '${target}' compiles nothing")
    endif()

    get_property(include_dir GLOBAL PROPERTY TKA_INCLUDE_DIR)
    set_property(TARGET ${target} APPEND PROPERTY INCLUDE_DIRECTORIES "${include_dir}")
    if(NOT TKA_PROFILING)
        return()
    endif()
    if(NOT CMAKE_GENERATOR MATCHES "Ninja|Makefiles")
        message(FATAL_ERROR "tka_instrument: TKA_PROFILING needs a Ninja or Makefile "
            "generator; '${CMAKE_GENERATOR}' has no compiler launchers")
    endif()
    get_property(tka_cc_target GLOBAL PROPERTY TKA_CC_TARGET)
    if(tka_cc_target AND CMAKE_CONFIGURATION_TYPES)
        message(FATAL_ERROR "tka_instrument: with several configurations in one build "
            "tree use an installed TKA, by find_package(TKA)")
    endif()
    get_target_property(done ${target} TKA_INSTRUMENTED)
    if(done)
        message(FATAL_ERROR "tka_instrument: called twice for '${target}'")
    endif()
    set_target_properties(${target} PROPERTIES TKA_INSTRUMENTED TRUE)

    get_property(tka_cc GLOBAL PROPERTY TKA_CC_PROGRAM)
    set(inputs "${tka_cc}" "${include_dir}/tka/probe.h"
        "${include_dir}/tka/roles.h")
    if(rules)
        list(APPEND inputs "${rules}")
    endif()
    foreach(language IN ITEMS C CXX)
        _tka_launcher(launcher ${target} ${language} "${options}" "${inputs}")
        set_property(TARGET ${target} PROPERTY
                     ${language}_COMPILER_LAUNCHER "${launcher}")
    endforeach()

    # As a property, not by target_link_libraries(): the target may use either
    # of that command's two signatures, which do not mix.
    set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES TKA::runtime)
    if(NOT type STREQUAL "EXECUTABLE" AND NOT type STREQUAL "MODULE_LIBRARY")
        set_property(TARGET ${target} APPEND PROPERTY
                     INTERFACE_LINK_LIBRARIES "$<LINK_ONLY:TKA::runtime>")
    endif()

    if(tka_cc_target)
        add_dependencies(${target} ${tka_cc_target} tka_runtime)
    endif()
    # Sources may be added, and their properties set, until the directory ends.
    get_target_property(directory ${target} SOURCE_DIR)
    if(directory STREQUAL CMAKE_CURRENT_SOURCE_DIR)
        cmake_language(EVAL CODE
            "cmake_language(DEFER CALL _tka_object_depends [[${target}]] [[${inputs}]])")
    else()
        _tka_object_depends(${target} "${inputs}")
    endif()
endfunction()

# The launcher for one language: tka-cc with its options, and the launcher that
# was there before.
function(_tka_launcher result target language options inputs)
    get_property(tka_cc GLOBAL PROPERTY TKA_CC_PROGRAM)
    get_target_property(old ${target} ${language}_COMPILER_LAUNCHER)
    if(NOT old)
        set(old)
    endif()

    # distcc and its like get the compile of the rewritten text from tka-cc; any other
    # launcher (time, env, a script) starts tka-cc.
    set(has_ccache FALSE)
    set(before)
    set(after)
    foreach(word IN LISTS old)
        get_filename_component(name "${word}" NAME_WE)
        if(name STREQUAL "ccache")
            set(has_ccache TRUE)
        endif()
        if(after OR name MATCHES "^(distcc|icecc|sccache)$")
            list(APPEND after "${word}")
        else()
            list(APPEND before "${word}")
        endif()
    endforeach()
    if(NOT has_ccache)
        set(${result} ${before} ${tka_cc} ${options} ${after} PARENT_SCOPE)
        return()
    endif()

    # ccache takes each word of its prefix command for a program, so a script holds
    # the options. It does not hash the prefix either: the key file does, and the
    # folder of the sources, whose absolute paths the object holds.
    get_target_property(directory ${target} BINARY_DIR)
    set(directory "${directory}/CMakeFiles/${target}.dir")
    if(directory MATCHES "[ \t]")
        message(STATUS "TKA: '${target}' is built without ccache, whose prefix "
                       "command cannot hold a path with spaces")
        list(FILTER old EXCLUDE REGEX "(^|/)ccache$")
        set(${result} ${tka_cc} ${options} ${old} PARENT_SCOPE)
        return()
    endif()
    set(words)
    foreach(word IN LISTS tka_cc options)
        string(REPLACE "'" "'\\''" word "${word}")
        string(APPEND words "'${word}' ")
    endforeach()
    set(text "#!/bin/sh\nexec ${words}\"$@\"\n")
    file(CONFIGURE OUTPUT "${directory}/tka-cc-ccache" CONTENT "@text@" @ONLY)
    file(CHMOD "${directory}/tka-cc-ccache" PERMISSIONS
         OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
         WORLD_READ WORLD_EXECUTE)
    set(text "${options}\n${CMAKE_SOURCE_DIR}\n")
    file(CONFIGURE OUTPUT "${directory}/tka-ccache-key" CONTENT "@text@" @ONLY)
    string(REPLACE ";" ":" files "${inputs};${directory}/tka-ccache-key")
    set(${result} "${CMAKE_COMMAND}" -E env
        "CCACHE_PREFIX=${directory}/tka-cc-ccache" "CCACHE_EXTRAFILES=${files}"
        ${old} PARENT_SCOPE)
endfunction()

# Make the objects of a target's C and C++ sources depend on the inputs; in a unity
# build those of the files that CMake makes of them, under the names it gives them.
function(_tka_object_depends target inputs)
    get_target_property(sources ${target} SOURCES)
    get_target_property(unity ${target} UNITY_BUILD)
    get_target_property(directory ${target} BINARY_DIR)
    set(unity_directory "${directory}/CMakeFiles/${target}.dir/Unity")
    set(compiled)
    set(number 0)
    foreach(source IN LISTS sources)
        if(source MATCHES "\\$<")
            continue()
        endif()
        get_filename_component(extension "${source}" LAST_EXT)
        string(REGEX REPLACE "^\\." "" extension "${extension}")
        if(extension IN_LIST CMAKE_C_SOURCE_FILE_EXTENSIONS
           OR extension IN_LIST CMAKE_CXX_SOURCE_FILE_EXTENSIONS)
            list(APPEND compiled "${source}")
            if(unity)
                get_property(group SOURCE "${source}" TARGET_DIRECTORY ${target}
                             PROPERTY UNITY_GROUP)
                foreach(name IN ITEMS ${number} ${group})
                    list(APPEND compiled "${unity_directory}/unity_${name}_c.c"
                                         "${unity_directory}/unity_${name}_cxx.cxx")
                endforeach()
                math(EXPR number "${number} + 1")
            endif()
        endif()
    endforeach()
    if(compiled)
        list(REMOVE_DUPLICATES compiled)
        set_property(SOURCE ${compiled} TARGET_DIRECTORY ${target}
                     APPEND PROPERTY OBJECT_DEPENDS "${inputs}")
        _tka_order_sharing_targets(${target} "${compiled}")
    endif()
endfunction()

# OBJECT_DEPENDS belongs to the source: another target of the directory that compiles
# it too must not come before tka-cc is built, where the project builds it.
function(_tka_order_sharing_targets target compiled)
    get_property(tka_cc_target GLOBAL PROPERTY TKA_CC_TARGET)
    if(NOT tka_cc_target)
        return()
    endif()
    get_target_property(directory ${target} SOURCE_DIR)
    get_property(others DIRECTORY "${directory}" PROPERTY BUILDSYSTEM_TARGETS)
    foreach(other IN LISTS others)
        get_target_property(sources ${other} SOURCES)
        foreach(source IN LISTS sources)
            if(source IN_LIST compiled)
                add_dependencies(${other} ${tka_cc_target})
                break()
            endif()
        endforeach()
    endforeach()
endfunction()

cmake_policy(POP)
