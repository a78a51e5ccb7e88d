using System.Buffers.Binary;

namespace Strata.Cri.Images;

/// <summary>Wraps machine code into the smallest Linux program: ELF header, one loadable segment, the code. elf(5).</summary>
internal static class StaticElf
{
    public const ushort MachineX64 = 62;
    public const ushort MachineArm64 = 183;

    private const ulong LoadAddress = 0x400000;
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int PageSize = 0x10000; // arm64 kernels may use 64 KiB pages.

    public static byte[] Create(ushort machine, ReadOnlySpan<byte> code)
    {
        const int CodeOffset = HeaderSize + ProgramHeaderSize;
        var file = new byte[CodeOffset + code.Length];
        var header = file.AsSpan();
        "\u007fELF"u8.CopyTo(header);
        header[4] = 2; // 64 bit
        header[5] = 1; // little endian
        header[6] = 1; // version
        Write16(header, 16, 2); // executable
        Write16(header, 18, machine);
        Write32(header, 20, 1);
        Write64(header, 24, LoadAddress + CodeOffset); // entry
        Write64(header, 32, HeaderSize); // program headers follow
        Write16(header, 52, HeaderSize);
        Write16(header, 54, ProgramHeaderSize);
        Write16(header, 56, 1);

        var segment = header[HeaderSize..];
        Write32(segment, 0, 1); // load
        Write32(segment, 4, 5); // read, execute
        Write64(segment, 16, LoadAddress);
        Write64(segment, 24, LoadAddress);
        Write64(segment, 32, (ulong)file.Length);
        Write64(segment, 40, (ulong)file.Length);
        Write64(segment, 48, PageSize);
        code.CopyTo(header[CodeOffset..]);
        return file;
    }

    private static void Write16(Span<byte> target, int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(target[offset..], value);

    private static void Write32(Span<byte> target, int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(target[offset..], value);

    private static void Write64(Span<byte> target, int offset, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(target[offset..], value);
}
