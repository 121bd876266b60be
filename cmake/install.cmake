# What `cmake --install` puts where. Components: `runtime` is the shared libraries, `program` the
# command line, which cli/ installs, `development` all else; the Python module (`python`) is
# installed only when asked for.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/guanxi)
set(pkgconfig_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# A file of targets for each, so that a component is there if its file is.
function(install_part target component)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${component})
  install(TARGETS ${target} EXPORT guanxi-${component}
          ARCHIVE COMPONENT development
          LIBRARY COMPONENT runtime NAMELINK_COMPONENT development)
  install(EXPORT guanxi-${component} DESTINATION ${package_folder} NAMESPACE guanxi::
          COMPONENT development)
endfunction()

install_part(guanxi guanxi)
install_part(guanxi_header_only header_only)
if(TARGET guanxi_shared)
  install_part(guanxi_shared guanxi_shared)
endif()
if(TARGET guanxi_c)
  install_part(guanxi_c c)
  install_part(guanxi_c_shared c_shared)
  install(FILES capi/include/guanxi.h capi/include/guanxi_sqlite.h TYPE INCLUDE COMPONENT development)
endif()
install(DIRECTORY include/guanxi TYPE INCLUDE COMPONENT development FILES_MATCHING PATTERN *.hpp)
install(FILES LICENSE NOTICE TYPE DOC COMPONENT runtime)

configure_package_config_file(cmake/guanxi-config.cmake.in guanxi-config.cmake
    INSTALL_DESTINATION ${package_folder}
    NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# Until 1.0 a minor version may change the C++ interface.
write_basic_package_version_file(guanxi-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/guanxi-config.cmake
              ${PROJECT_BINARY_DIR}/guanxi-config-version.cmake
        DESTINATION ${package_folder} COMPONENT development)

# The prefix is found from where the file stands, so that what is installed can be moved.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  message(FATAL_ERROR "CMAKE_INSTALL_LIBDIR and CMAKE_INSTALL_INCLUDEDIR must be below the prefix; "
                      "nothing was configured; give relative paths")
endif()
file(RELATIVE_PATH guanxi_prefix /prefix/${pkgconfig_folder} /prefix)
string(PREPEND guanxi_prefix "\${pcfiledir}/")
string(REGEX REPLACE "/$" "" guanxi_prefix "${guanxi_prefix}")

function(install_pkgconfig guanxi_name guanxi_description guanxi_flags guanxi_libs
         guanxi_private_libs)
  configure_file(cmake/guanxi.pc.in ${guanxi_name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${guanxi_name}.pc DESTINATION ${pkgconfig_folder}
          COMPONENT development)
endfunction()

# Named one by one instead of by Requires.private, which would have hosts of the shared library
# install what they never link.
set(needed "-lboost_serialization -lsodium -lsqlite3 -licui18n -licuuc -licudata -lstdc++ -lm -lpthread -ldl")
set(folder "-I\${includedir}")
set(libs "-L\${libdir}")
if(TARGET guanxi_shared)
  install_pkgconfig(guanxi_cpp "An embeddable CRM, in C++20"
                    "${folder}" "${libs} -lguanxi_cpp" "${needed}")
else()  # an archive and nothing else always needs them
  install_pkgconfig(guanxi_cpp "An embeddable CRM, in C++20"
                    "${folder}" "${libs} -lguanxi_cpp ${needed}" "")
endif()
install_pkgconfig(guanxi_header_only "Values, rules and queries of an embeddable CRM, as headers"
                  "${folder} -DGUANXI_HEADER_ONLY" "" "")
if(TARGET guanxi_c)
  install_pkgconfig(guanxi "An embeddable CRM, in C"
                    "${folder}" "${libs} -lguanxi" "-lguanxi_cpp ${needed}")
  # For a program that carries Guanxi in itself and takes the rest from the system.
  install_pkgconfig(guanxi_static "An embeddable CRM, in C, as an archive" "${folder}"
                    "\${libdir}/libguanxi.a \${libdir}/libguanxi_cpp.a ${needed}" "")
endif()

if(PROJECT_IS_TOP_LEVEL)
  add_custom_target(uninstall
      COMMAND ${CMAKE_COMMAND} -P ${PROJECT_SOURCE_DIR}/cmake/uninstall.cmake
      WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
endif()
