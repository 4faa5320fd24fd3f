# tka_warnings: the compile options of all of TKA's own C.
option(TKA_WERROR "Treat warnings as errors" OFF)

add_library(tka_warnings INTERFACE)
target_compile_features(tka_warnings INTERFACE c_std_11)
target_compile_options(tka_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:C>:-Wall;-Wextra;-Wpedantic;-Wconversion;-Wshadow;-Wstrict-prototypes;-Wmissing-prototypes;-Wformat=2;-Wundef;-Wvla;-fvisibility=hidden>)
if(TKA_WERROR)
    target_compile_options(tka_warnings INTERFACE -Werror)
endif()
