using System.Runtime.InteropServices;

namespace Strata.NodeAgent.Linux;

/// <summary>The type bits of a file's mode (S_IFMT), which .NET does not show for devices and sockets.</summary>
internal static partial class FileKind
{
    private const int AtCurrentFolder = -100;
    private const uint TypeField = 1; // STATX_TYPE
    private const int ModeOffset = 28; // struct statx: stx_mode, two bytes. Same on every architecture.
    private const int TypeMask = 0xF000;

    /// <summary>For example 0x8000 for a regular file; 0 when there is nothing.</summary>
    public static int Of(string path)
    {
        var buffer = new byte[256];
        return statx(AtCurrentFolder, path, 0, TypeField, buffer) == 0 ? BitConverter.ToUInt16(buffer, ModeOffset) & TypeMask : 0;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, byte[] buffer);
}
