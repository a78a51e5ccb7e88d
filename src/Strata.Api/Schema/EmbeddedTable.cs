namespace Strata.Api.Schema;

/// <summary>A tab-separated table in the assembly, read in place: the bytes are the mapped file, so nothing is copied or kept on the heap.</summary>
internal readonly unsafe struct EmbeddedTable
{
    private readonly byte* _start;
    private readonly int _length;

    private EmbeddedTable(byte* start, int length)
    {
        _start = start;
        _length = length;
    }

    public ReadOnlySpan<byte> Span => new(_start, _length);

    public static EmbeddedTable Open(string name)
    {
        // The runtime hands out the assembly's own memory, which lives as long as the assembly.
        var stream = typeof(EmbeddedTable).Assembly.GetManifestResourceStream(name) as UnmanagedMemoryStream
            ?? throw new InvalidOperationException($"the embedded table {name} is missing");
        return new EmbeddedTable(stream.PositionPointer, checked((int)stream.Length));
    }
}
