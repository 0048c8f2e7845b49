# What an installation of ServiceLane has: `cmake --install <build> --component servicelane`, and with
# `cpack -G DEB` the same as a Debian package. (gRPC for C is a component of its own: GrpcC.cmake.)
include(GNUInstallDirs)

set(SL_AGENTS payment-agent parts-agent repair-orders-agent)
set(SL_REFERENCE_SERVERS payment-mcp parts-mcp repair-orders-mcp)
set(SL_PROGRAMS ${SL_AGENTS} ${SL_REFERENCE_SERVERS} orchestrator rest-bridge servicelane)
add_custom_target(servicelane-programs DEPENDS ${SL_PROGRAMS})
install(TARGETS ${SL_PROGRAMS} RUNTIME COMPONENT servicelane)

# Manual pages say what --help says.
find_program(SL_HELP2MAN help2man)
if(SL_HELP2MAN)
    foreach(program ${SL_PROGRAMS})
        set(page ${PROJECT_BINARY_DIR}/man/${program}.1)
        add_custom_command(OUTPUT ${page}
            COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/man
            COMMAND ${PROJECT_SOURCE_DIR}/packaging/manual-page ${SL_HELP2MAN} $<TARGET_FILE:${program}> ${page}
            DEPENDS ${program} ${PROJECT_SOURCE_DIR}/packaging/manual-page
            COMMENT "Manual page of ${program}" VERBATIM)
        list(APPEND pages ${page})
    endforeach()
    add_custom_target(servicelane-manual DEPENDS ${pages})
    install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT servicelane OPTIONAL)
else()
    add_custom_target(servicelane-manual COMMAND ${CMAKE_COMMAND} -E echo
        "Manual pages need help2man: apt-get install help2man" COMMAND false)
endif()

install(DIRECTORY packaging/systemd/ DESTINATION lib/systemd/system COMPONENT servicelane
    FILES_MATCHING PATTERN "*.service" PATTERN "*.target")
install(FILES packaging/systemd/servicelane.sysusers DESTINATION lib/sysusers.d RENAME servicelane.conf
    COMPONENT servicelane)
install(FILES docker/.env.example DESTINATION /etc/servicelane RENAME servicelane.env COMPONENT servicelane
    PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT servicelane)

# The Debian package: cpack -G DEB --config <build>/CPackConfig.cmake
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME servicelane)
set(CPACK_PACKAGE_CONTACT "The ServiceLane developers <servicelane@example.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL servicelane)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_NAME servicelane)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "systemd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${PROJECT_SOURCE_DIR}/packaging/debian/postinst;${PROJECT_SOURCE_DIR}/packaging/debian/prerm;${PROJECT_SOURCE_DIR}/packaging/debian/postrm;${PROJECT_SOURCE_DIR}/packaging/debian/conffiles")
include(CPack)
