# The library for other programs, the module for a stock lua5.4, and what `cmake --install` puts where.
include(CMakePackageConfigHelpers)

function(fmcal_library target kind)
  add_library(${target} ${kind})
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:fmcal_objects> ${ARGN})
  target_include_directories(${target} INTERFACE
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endfunction()

fmcal_library(fmcal SHARED PkgConfig::LUA)
set_target_properties(fmcal PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
target_link_options(fmcal PRIVATE -Wl,--exclude-libs,ALL)

# Programs that link the archive get its dependencies from fmcalConfig.cmake.
add_library(fmcal_static STATIC $<TARGET_OBJECTS:fmcal_objects>)
set_target_properties(fmcal_static PROPERTIES OUTPUT_NAME fmcal LINKER_LANGUAGE C)
target_include_directories(fmcal_static INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(fmcal_static INTERFACE $<INSTALL_INTERFACE:PkgConfig::FMCAL_DEPS> m resolv)

# require "fmcal" in lua5.4: Lua's own functions come from the program that loads it.
fmcal_library(fmcal_module MODULE)
set_target_properties(fmcal_module PROPERTIES OUTPUT_NAME fmcal PREFIX ""
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lua)

string(REPLACE ">=" " >= " PC_REQUIRES "${FMCAL_REQUIRES}")
list(JOIN PC_REQUIRES ", " PC_REQUIRES)
file(RELATIVE_PATH PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(src/host/fmcal.pc.in ${CMAKE_BINARY_DIR}/fmcal.pc @ONLY)
list(JOIN FMCAL_REQUIRES " " FMCAL_REQUIRES_SPACED)
set(CMAKE_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/fmcal)
configure_package_config_file(src/host/fmcalConfig.cmake.in ${CMAKE_BINARY_DIR}/fmcalConfig.cmake
  INSTALL_DESTINATION ${CMAKE_PACKAGE_DIR})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/fmcalConfigVersion.cmake COMPATIBILITY SameMinorVersion)

set(FMCAL_LUA_DIR ${CMAKE_INSTALL_LIBDIR}/lua/5.4 CACHE STRING "Where lua5.4 looks for modules in C")
install(TARGETS fmcal-lua fmcal fmcal_static EXPORT fmcalTargets)
install(TARGETS worker RUNTIME DESTINATION ${FMCAL_WORKER_DIR})
install(TARGETS fmcal_module LIBRARY DESTINATION ${FMCAL_LUA_DIR})
install(DIRECTORY src/include/fmcal DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT fmcalTargets NAMESPACE fmcal:: DESTINATION ${CMAKE_PACKAGE_DIR})
install(FILES ${CMAKE_BINARY_DIR}/fmcalConfig.cmake ${CMAKE_BINARY_DIR}/fmcalConfigVersion.cmake
  DESTINATION ${CMAKE_PACKAGE_DIR})
install(FILES ${CMAKE_BINARY_DIR}/fmcal.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The manual pages: what is written in docs, and what the commands say of themselves.
set(MANUAL ${CMAKE_BINARY_DIR}/man)
foreach(section 1 5 7)
  file(MAKE_DIRECTORY ${MANUAL}/man${section})
endforeach()
file(GLOB MANUAL_SOURCES CONFIGURE_DEPENDS docs/*.md docs/fmcal-lua.1 docs/man/*.lua)
add_custom_command(OUTPUT ${MANUAL}/man7/fmcal.7
  COMMAND fmcal-lua ${CMAKE_SOURCE_DIR}/docs/man/pages.lua ${CMAKE_SOURCE_DIR} ${MANUAL}
  DEPENDS fmcal-lua README.md ${MANUAL_SOURCES} VERBATIM)
add_custom_target(manual ALL DEPENDS ${MANUAL}/man7/fmcal.7)
install(DIRECTORY ${MANUAL}/ DESTINATION ${CMAKE_INSTALL_MANDIR})

# Completion, where each shell looks for it.
set(FMCAL_ZSH_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Where zsh looks for completion functions")
install(FILES scripts/completion/fmcal-lua.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME fmcal-lua)
install(FILES scripts/completion/_fmcal-lua DESTINATION ${FMCAL_ZSH_DIR})
install(FILES scripts/completion/fmcal-lua.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# Units for the service manager of a person: a board that a timer syncs.
install(DIRECTORY scripts/systemd/ DESTINATION ${CMAKE_INSTALL_DATADIR}/systemd/user)
