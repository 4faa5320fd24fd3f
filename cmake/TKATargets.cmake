# The names under which TKA's targets are used, in its own build tree and, by
# way of the exported EXPORT_NAME, after installation. Expects the wings' targets.
set(TKA_EXPORTED_TARGETS)
foreach(pair IN ITEMS tka_runtime:runtime tka_runtime_static:runtime_static
                      tka_memory:memory tka_memory_static:memory_static
                      tka_qt:qt tka-cc:tka-cc tka:tka)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 target)
    list(GET pair 1 name)
    if(NOT TARGET ${target})
        continue()
    endif()
    list(APPEND TKA_EXPORTED_TARGETS ${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
    get_target_property(type ${target} TYPE)
    if(NOT TARGET TKA::${name})
        if(type STREQUAL "EXECUTABLE")
            add_executable(TKA::${name} ALIAS ${target})
        else()
            add_library(TKA::${name} ALIAS ${target})
        endif()
    endif()
endforeach()

# Probes refer to the runtime weakly, so that a program links without it; a linker
# that is told --as-needed, as Debian's gcc tells it, would leave the library out.
if(TARGET tka_runtime)
    set_property(TARGET tka_runtime APPEND PROPERTY INTERFACE_LINK_OPTIONS
        "LINKER:--push-state,--no-as-needed,$<TARGET_FILE:TKA::runtime>,--pop-state")
endif()

# What TKAInstrument.cmake needs to know; TKAConfig.cmake sets the same for an
# installation.
set_property(GLOBAL PROPERTY TKA_CC_PROGRAM ${PROJECT_BINARY_DIR}/bin/tka-cc)
set_property(GLOBAL PROPERTY TKA_INCLUDE_DIR ${PROJECT_SOURCE_DIR}/runtime/include)
if(TARGET tka-cc)
    set_property(GLOBAL PROPERTY TKA_CC_TARGET tka-cc)
endif()
