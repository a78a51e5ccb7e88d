using System.Runtime.InteropServices;

namespace Strata.NodeAgent.Linux;

/// <summary>The few calls .NET has no wrapper for.</summary>
internal static partial class SystemCalls
{
    private const int MountDetach = 2;
    private const ulong MountBind = 4096;
    private const ulong MountNoSuid = 2;
    private const ulong MountNoDev = 4;

    /// <summary>Mounts a memory file system.</summary>
    /// <param name="sizeBytes">Largest size; null for the kernel's default (half of memory).</param>
    public static void MountMemory(string path, long? sizeBytes, int mode) =>
        Check(mount("tmpfs", path, "tmpfs", MountNoSuid | MountNoDev, sizeBytes is { } size ? $"size={size},mode={Convert.ToString(mode, 8)}" : $"mode={Convert.ToString(mode, 8)}"), $"mount tmpfs on {path}");

    /// <summary>Makes a file or folder appear a second time.</summary>
    public static void MountBindTo(string source, string path) => Check(mount(source, path, "none", MountBind, null), $"bind {source} to {path}");

    /// <summary>Takes a mount away, even while it is in use; false when nothing is mounted there.</summary>
    public static bool Unmount(string path) => umount2(path, MountDetach) == 0;

    /// <summary>Changes owner and group without following a link; −1 leaves one as it is.</summary>
    public static void ChangeOwner(string path, long user, long group) => Check(lchown(path, unchecked((uint)user), unchecked((uint)group)), $"change the owner of {path}");

    private static void Check(int result, string what)
    {
        if (result != 0)
        {
            var code = Marshal.GetLastPInvokeError();
            throw new IOException($"cannot {what}: {Marshal.GetPInvokeErrorMessage(code)}");
        }
    }

    /// <summary>Renames over whatever is there, in one step. File.Move will not do: it takes a link to a folder for a missing file.</summary>
    public static void Rename(string from, string to)
    {
        if (rename(from, to) != 0)
        {
            throw new IOException($"cannot rename {from} to {to}: error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, ulong flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint owner, uint group);
}
