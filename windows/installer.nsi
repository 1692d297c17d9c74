; SPDX-License-Identifier: MIT
; The installer, for all users of a computer. build.sh gives VERSION, SIZE_KB, BUNDLE (what is
; installed), BUILD (lists that it has made) and OUT. Silent: setup.exe /S [/D=C:\any folder].
; Exit codes: 0 done, 1 given up by the person, 2 the program is open,
; 3 this Windows is too old.
Target amd64-unicode
Unicode true
SetCompressor /SOLID lzma
ManifestDPIAware true
RequestExecutionLevel admin
AllowSkipFiles off

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"
!include "WinVer.nsh"

!define KEY "Software\Kolibri Backup"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Kolibri Backup"
!define APP_PATHS "Software\Microsoft\Windows\CurrentVersion\App Paths"
!define TYPE "KolibriBackup.Backup"
!define WINDOW "kolibri-backup-gtk.exe"
!define COMMAND "kolibri-backup.exe"

Name "Kolibri Backup"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Kolibri Backup"
BrandingText " "
VIProductVersion "${VERSION}.0"
VIFileVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "Kolibri Backup"
VIAddVersionKey /LANG=0 "FileDescription" "Kolibri Backup setup"
VIAddVersionKey /LANG=0 "CompanyName" "The Kolibri Backup developers"
VIAddVersionKey /LANG=0 "LegalCopyright" "2026 The Kolibri Backup developers, MIT License"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"

!define MUI_ICON "${BUILD}/kolibri-backup.ico"
!define MUI_UNICON "${BUILD}/kolibri-backup.ico"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION StartProgram
!define MUI_UNCONFIRMPAGE_TEXT_TOP "$(DATA_STAYS)"
!define MUI_UNFINISHPAGE_NOAUTOCLOSE

!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!include "${BUILD}/words.nsh"

; A program that runs cannot be written to, nor taken away.
!macro CLOSED_FUNCTIONS UN
Function ${UN}IsOpen
  Exch $0
  Push $1
  ${If} ${FileExists} "$0"
    ClearErrors
    FileOpen $1 "$0" a
    ${If} ${Errors}
      StrCpy $0 1
    ${Else}
      FileClose $1
      StrCpy $0 0
    ${EndIf}
  ${Else}
    StrCpy $0 0
  ${EndIf}
  Pop $1
  Exch $0
FunctionEnd

Function ${UN}WaitUntilClosed
  again:
  Push "$INSTDIR\bin\${WINDOW}"
  Call ${UN}IsOpen
  Pop $0
  Push "$INSTDIR\bin\${COMMAND}"
  Call ${UN}IsOpen
  Pop $1
  ${If} $0 = 0
  ${AndIf} $1 = 0
    Return
  ${EndIf}
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(IS_OPEN)" /SD IDCANCEL IDRETRY again
  SetErrorLevel 2
  Quit
FunctionEnd
!macroend
!insertmacro CLOSED_FUNCTIONS ""
!insertmacro CLOSED_FUNCTIONS "un."

; The finish page would start it with the rights of the installer: the shell starts it with those
; of the person.
Function StartProgram
  Exec '"$WINDIR\explorer.exe" "$INSTDIR\bin\${WINDOW}"'
FunctionEnd

; Where an older version is, unless /D says otherwise.
Function .onInit
  SetRegView 64
  SetShellVarContext all
  ${IfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "$(NOT_64_BIT)" /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
  ${If} $INSTDIR == "$PROGRAMFILES64\Kolibri Backup"
    ReadRegStr $0 HKLM "${KEY}" "InstallDir"
    ${If} $0 != ""
      StrCpy $INSTDIR $0
    ${EndIf}
  ${EndIf}
FunctionEnd

Function un.onInit
  SetRegView 64
  SetShellVarContext all
FunctionEnd

Section
  ; The older version takes its own files away: the new one may have fewer. Its uninstaller waits,
  ; and knows only its own files.
  ReadRegStr $0 HKLM "${KEY}" "InstallDir"
  ${If} $0 != ""
  ${AndIf} ${FileExists} "$0\uninstall.exe"
    StrCpy $2 $INSTDIR
    StrCpy $INSTDIR $0
    StrCpy $3 $0
    Call WaitUntilClosed
    StrCpy $INSTDIR $2
    ExecWait '"$3\uninstall.exe" /S _?=$3' $4
    ${If} $4 != 0
      SetErrorLevel 2
      Quit
    ${EndIf}
    Delete "$3\uninstall.exe"
    RMDir "$3"
  ${EndIf}
  Call WaitUntilClosed

  SetOutPath "$INSTDIR"
  File /r "${BUNDLE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKLM "${KEY}" "InstallDir" "$INSTDIR"
  WriteRegStr HKLM "${KEY}" "Version" "${VERSION}"

  ; Whoever has .dump already keeps it, and we are offered beside them; nobody's becomes ours.
  WriteRegStr HKLM "Software\Classes\${TYPE}" "" "$(FILE_TYPE)"
  WriteRegStr HKLM "Software\Classes\${TYPE}\DefaultIcon" "" "$INSTDIR\bin\${WINDOW},0"
  WriteRegStr HKLM "Software\Classes\${TYPE}\shell\open\command" "" '"$INSTDIR\bin\${WINDOW}" "%1"'
  WriteRegStr HKLM "Software\Classes\Applications\${WINDOW}" "FriendlyAppName" "$(PROGRAM)"
  WriteRegStr HKLM "Software\Classes\Applications\${WINDOW}\SupportedTypes" ".dump" ""
  WriteRegStr HKLM "Software\Classes\Applications\${WINDOW}\shell\open\command" "" '"$INSTDIR\bin\${WINDOW}" "%1"'
  WriteRegStr HKLM "Software\Classes\.dump\OpenWithProgids" "${TYPE}" ""
  ReadRegStr $0 HKLM "Software\Classes\.dump" ""
  ${If} $0 == ""
    WriteRegStr HKLM "Software\Classes\.dump" "" "${TYPE}"
  ${EndIf}

  WriteRegStr HKLM "${APP_PATHS}\${WINDOW}" "" "$INSTDIR\bin\${WINDOW}"
  WriteRegStr HKLM "${APP_PATHS}\${COMMAND}" "" "$INSTDIR\bin\${COMMAND}"
  SetOutPath "$INSTDIR\bin"
  CreateDirectory "$SMPROGRAMS\Kolibri Backup"
  CreateShortCut "$SMPROGRAMS\Kolibri Backup\$(PROGRAM).lnk" "$INSTDIR\bin\${WINDOW}"
  ; The command line, by the name that one types.
  CreateShortCut "$SMPROGRAMS\Kolibri Backup\Kolibri Backup (kolibri-backup).lnk" "$SYSDIR\cmd.exe" '/k "$INSTDIR\bin\${COMMAND}" --help' "$INSTDIR\bin\${COMMAND}" 0
  WriteRegStr HKLM "${KEY}" "Shortcut" "$(PROGRAM).lnk"
  WriteRegStr HKLM "${KEY}" "CommandShortcut" "Kolibri Backup (kolibri-backup).lnk"

  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayName" "Kolibri Backup"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\bin\${WINDOW},0"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "Publisher" "The Kolibri Backup developers"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "NoRepair" 1
  ${RefreshShellIcons}
SectionEnd

Section "Uninstall"
  Call un.WaitUntilClosed
  DetailPrint "$(DATA_STAYS)"
  ; One file after the other, by name: never a folder with all that is in it.
  !include "${BUILD}/installed-files.nsh"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"

  ReadRegStr $0 HKLM "${KEY}" "Shortcut"
  Delete "$SMPROGRAMS\Kolibri Backup\$0"
  ReadRegStr $0 HKLM "${KEY}" "CommandShortcut"
  Delete "$SMPROGRAMS\Kolibri Backup\$0"
  RMDir "$SMPROGRAMS\Kolibri Backup"

  ReadRegStr $0 HKLM "Software\Classes\.dump" ""
  ${If} $0 == "${TYPE}"
    DeleteRegValue HKLM "Software\Classes\.dump" ""
  ${EndIf}
  DeleteRegValue HKLM "Software\Classes\.dump\OpenWithProgids" "${TYPE}"
  DeleteRegKey /ifempty HKLM "Software\Classes\.dump\OpenWithProgids"
  DeleteRegKey /ifempty HKLM "Software\Classes\.dump"
  DeleteRegKey HKLM "Software\Classes\${TYPE}"
  DeleteRegKey HKLM "Software\Classes\Applications\${WINDOW}"
  DeleteRegKey HKLM "${APP_PATHS}\${WINDOW}"
  DeleteRegKey HKLM "${APP_PATHS}\${COMMAND}"
  DeleteRegKey HKLM "${UNINSTALL_KEY}"
  DeleteRegKey HKLM "${KEY}"
  ${RefreshShellIcons}
SectionEnd
