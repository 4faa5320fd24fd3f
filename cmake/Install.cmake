# Installation: programs, libraries, headers, CMake package, pkg-config file. The
# tree can be moved as a whole: nothing in it holds an absolute path.
include(CMakePackageConfigHelpers)

set(TKA_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/TKA)

if(TKA_EXPORTED_TARGETS)
    install(TARGETS ${TKA_EXPORTED_TARGETS} EXPORT TKATargets
            RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
            ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
            INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    install(EXPORT TKATargets NAMESPACE TKA:: DESTINATION ${TKA_CMAKE_DIR})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/runtime/include/tka
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/TKAConfig.cmake.in
    ${PROJECT_BINARY_DIR}/package/TKAConfig.cmake
    INSTALL_DESTINATION ${TKA_CMAKE_DIR}
    PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_INCLUDEDIR
    NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/package/TKAConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/TKAConfig.cmake
              ${PROJECT_BINARY_DIR}/package/TKAConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/TKAInstrument.cmake
        DESTINATION ${TKA_CMAKE_DIR})

# The prefix as seen from the .pc file: ${pcfiledir}/../.. for lib/pkgconfig.
file(RELATIVE_PATH TKA_PC_PREFIX
     ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" TKA_PC_PREFIX "${TKA_PC_PREFIX}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/tka.pc.in
               ${PROJECT_BINARY_DIR}/package/tka.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/package/tka.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(EXISTS ${PROJECT_SOURCE_DIR}/inspector/completion/tka.bash)
    install(FILES ${PROJECT_SOURCE_DIR}/inspector/completion/tka.bash
            DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
            RENAME tka)
endif()
