using System.Runtime.InteropServices;

namespace Strata.Cri.Linux;

/// <summary>The few calls .NET has no wrapper for.</summary>
internal static partial class SystemCalls
{
    public const int SigTerm = 15;
    public const int SigKill = 9;

    private const int MountDetach = 2;

    /// <summary>Sends a signal; false when the process is gone already.</summary>
    public static bool Kill(int processId, int signal) => kill(processId, signal) == 0;

    /// <summary>Takes a mount away at once, even while it is in use.</summary>
    public static bool Unmount(string path) => umount2(path, MountDetach) == 0;

    /// <summary>True when it is gone, by this call or before.</summary>
    public static bool RemoveDirectory(string path) => rmdir(path) == 0 || !Directory.Exists(path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
