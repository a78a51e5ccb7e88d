using System.Runtime.InteropServices;

namespace Strata.Network.Linux;

/// <summary>nftables through <c>libnftables.so.1</c>, the library behind the <c>nft</c> program: no fork and no start-up of a
/// process for each transaction.</summary>
/// <remarks>A context caches what it read of the kernel's ruleset, so each transaction gets its own: the memory returns at
/// once and another program's changes are always seen. Calls block for the transaction (some milliseconds).</remarks>
internal sealed partial class LibNftables : INftables
{
    private const string Library = "libnftables.so.1";

    private LibNftables()
    {
    }

    /// <summary>Null when the library is not installed.</summary>
    public static LibNftables? TryLoad() => NativeLibrary.TryLoad(Library, out _) ? new LibNftables() : null;

    public Task ApplyAsync(string commands, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var context = ContextNew(0);
        if (context == 0)
        {
            throw new NftablesException("libnftables could not open a context.");
        }
        try
        {
            // Buffered, or the library writes its messages to this process's own output.
            if (BufferOutput(context) != 0 || BufferError(context) != 0)
            {
                throw new NftablesException("libnftables could not set up its buffers.");
            }
            if (RunFromBuffer(context, commands) != 0)
            {
                throw new NftablesException(Marshal.PtrToStringUTF8(ErrorBuffer(context))?.Trim() ?? "libnftables gave no reason.");
            }
            return Task.CompletedTask;
        }
        finally
        {
            ContextFree(context);
        }
    }

    [LibraryImport(Library, EntryPoint = "nft_ctx_new")]
    private static partial nint ContextNew(uint flags);

    [LibraryImport(Library, EntryPoint = "nft_ctx_free")]
    private static partial void ContextFree(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_output")]
    private static partial int BufferOutput(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_error")]
    private static partial int BufferError(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_error_buffer")]
    private static partial nint ErrorBuffer(nint context);

    [LibraryImport(Library, EntryPoint = "nft_run_cmd_from_buffer", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RunFromBuffer(nint context, string commands);
}
