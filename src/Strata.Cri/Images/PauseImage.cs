using System.Runtime.InteropServices;

namespace Strata.Cri.Images;

/// <summary>The image every sandbox runs: one program of about two hundred bytes that holds the pod's namespaces open.
/// Built in, so that a node needs no registry to start its first pod.</summary>
/// <remarks>The program blocks SIGTERM, SIGINT and SIGCHLD and waits for them with rt_sigtimedwait (as process 1 it would
/// ignore signals it has no handler for). SIGCHLD: collect all ended children, which a shared process namespace leaves to
/// process 1. SIGTERM and SIGINT: exit 0.</remarks>
public static class PauseImage
{
    public const string Reference = "strata.local/pause:1";

    // Signal set 0x14002: bits 1 (SIGINT), 14 (SIGTERM), 16 (SIGCHLD).
    private static ReadOnlySpan<byte> X64 =>
    [
        0x68, 0x02, 0x40, 0x01, 0x00,       //        push 0x14002
        0x48, 0x89, 0xe6,                   //        mov  rsi, rsp
        0x6a, 0x0e, 0x58,                   //        rax = 14 (rt_sigprocmask)
        0x31, 0xff, 0x31, 0xd2,             //        edi = SIG_BLOCK, edx = 0
        0x6a, 0x08, 0x41, 0x5a,             //        r10 = 8 (set size)
        0x0f, 0x05,                         //        syscall
        0xb8, 0x80, 0x00, 0x00, 0x00,       // wait:  eax = 128 (rt_sigtimedwait)
        0x48, 0x89, 0xe7,                   //        mov  rdi, rsp
        0x31, 0xf6, 0x31, 0xd2,             //        no info, no time-out
        0x0f, 0x05,                         //        syscall
        0x83, 0xf8, 0x11, 0x74, 0x0b,       //        SIGCHLD? reap
        0x85, 0xc0, 0x7e, 0xe9,             //        interrupted? wait
        0x6a, 0x3c, 0x58, 0x31, 0xff,       //        rax = 60 (exit), edi = 0
        0x0f, 0x05,                         //        syscall
        0x6a, 0x3d, 0x58,                   // reap:  rax = 61 (wait4)
        0x6a, 0xff, 0x5f, 0x31, 0xf6,       //        any child, no status
        0x6a, 0x01, 0x5a, 0x45, 0x31, 0xd2, //        WNOHANG, no usage
        0x0f, 0x05,                         //        syscall
        0x85, 0xc0, 0x7f, 0xec,             //        one collected? reap
        0x6a, 0x08, 0x41, 0x5a,             //        r10 = 8
        0xeb, 0xc8,                         //        wait
    ];

    private static ReadOnlySpan<uint> Arm64 =>
    [
        0xd2880049, 0xf2a00029, 0xf81f0fe9, //        push 0x14002
        0xd2800000, 0x910003e1, 0xd2800002, //        SIG_BLOCK, sp, 0
        0xd2800103, 0xd28010e8, 0xd4000001, //        8; 135 (rt_sigprocmask)
        0x910003e0, 0xd2800001, 0xd2800002, // wait:  sp, no info, no time-out
        0xd2800103, 0xd2801128, 0xd4000001, //        8; 137 (rt_sigtimedwait)
        0x7100441f, 0x540000c0,             //        SIGCHLD? reap
        0x7100001f, 0x54fffeed,             //        interrupted? wait
        0xd2800000, 0xd2800ba8, 0xd4000001, //        0; 93 (exit)
        0x92800000, 0xd2800001, 0xd2800022, // reap:  any child, no status, WNOHANG
        0xd2800003, 0xd2802088, 0xd4000001, //        no usage; 260 (wait4)
        0x7100001f, 0x54ffff2c,             //        one collected? reap
        0x17ffffeb,                         //        wait
    ];

    /// <summary>Builds the image for this machine.</summary>
    public static Task<OciImage> BuildAsync(CancellationToken cancellationToken) =>
        BuildAsync(RuntimeInformation.OSArchitecture, cancellationToken);

    /// <exception cref="PlatformNotSupportedException">Neither x64 nor arm64.</exception>
    public static Task<OciImage> BuildAsync(Architecture architecture, CancellationToken cancellationToken) =>
        new OciImageBuilder(Reference, new OciImageSettings { Entrypoint = ["/pause"], User = "65535:65535" }, architecture)
            .AddFile("/pause", Program(architecture), OciImageBuilder.ExecutableMode)
            .BuildAsync(cancellationToken);

    internal static byte[] Program(Architecture architecture) => architecture switch
    {
        Architecture.X64 => StaticElf.Create(StaticElf.MachineX64, X64),
        Architecture.Arm64 => StaticElf.Create(StaticElf.MachineArm64, MemoryMarshal.AsBytes(Arm64)),
        _ => throw new PlatformNotSupportedException($"there is no built-in pause program for {architecture}"),
    };
}
