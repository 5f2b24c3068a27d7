# Every test that is not a unit test. Labels: "quick" needs no server, "server"
# starts real peers, "release" looks at the optimised build.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(PYTHON ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1 ${Python3_EXECUTABLE})

foreach(check includes words headers kinds symbols hardening)
	add_test(NAME doors.${check} COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/doors/doors.py
		${check} ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
	set_tests_properties(doors.${check} PROPERTIES TIMEOUT 120 LABELS quick)
endforeach()
set_tests_properties(doors.hardening PROPERTIES LABELS release)

# They mostly wait, so they begin first (COST) and the others run beside them;
# each has its own folder and free ports.
function(add_server_test name script)
	add_test(NAME e2e.${name} COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/${script}.py ${ARGN})
	set_tests_properties(e2e.${name} PROPERTIES TIMEOUT 240 LABELS server COST 1000)
endfunction()

add_server_test(peers_alone peers_alone)
if(TARGET shorewatch)
	foreach(story outage kill_after_mail kill_before_mail)
		add_server_test(first_light.${story} first_light $<TARGET_FILE:shorewatch> ${story})
	endforeach()
	add_server_test(silent_dns silent_dns $<TARGET_FILE:shorewatch>)
	add_test(NAME systemd.unit COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/systemd/unit ${CMAKE_SOURCE_DIR} $<TARGET_FILE:shorewatch>)
	set_tests_properties(systemd.unit PROPERTIES TIMEOUT 60 LABELS quick)
endif()

if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/tools/CMakeLists.txt)
	add_subdirectory(tools)
endif()

add_subdirectory(scenario)
