using Strata.Streaming.Spdy;

namespace Strata.Streaming.Tests.Spdy;

public sealed class SpdyHeaderTests
{
    // Three blocks as zlib itself compresses them with SPDY's dictionary, each flushed: {"streamtype": "error"},
    // {"streamtype": "stdin", "content-type": "text/plain"} and {}. The second refers back into the dictionary and the first.
    private static readonly string[] FromZlib =
    [
        "78f9e3c6a7c202a62346703a2b294a4dcc851625aca9a08006000000ffff",
        "02651c4ca9e2126076c152fc7021dc0d000000ffff",
        "02f21800000000ffff",
    ];

    [Fact]
    public void The_dictionary_is_the_one_of_the_specification()
    {
        Assert.Equal(1423, SpdyDictionary.Bytes.Length);
        uint a = 1, b = 0;
        foreach (var value in SpdyDictionary.Bytes)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }
        Assert.Equal(SpdyDictionary.Checksum, b << 16 | a);
    }

    [Fact]
    public void Blocks_of_a_real_compressor_are_read_one_after_the_other()
    {
        using var decompressor = new SpdyHeaderDecompressor();
        var first = decompressor.Decompress(Convert.FromHexString(FromZlib[0]));
        Assert.Equal("error", first["streamType"]);
        var second = decompressor.Decompress(Convert.FromHexString(FromZlib[1]));
        Assert.Equal(("stdin", "text/plain"), (second["streamtype"], second["content-type"]));
        Assert.Empty(decompressor.Decompress(Convert.FromHexString(FromZlib[2])));
    }

    [Fact]
    public void What_the_compressor_writes_its_counterpart_reads()
    {
        var compressor = new SpdyHeaderCompressor();
        using var decompressor = new SpdyHeaderDecompressor();
        for (var size = 0; size < 70_000; size = size * 3 + 1)
        {
            var headers = new Dictionary<string, string> { ["Name"] = new string('v', Math.Min(size, 60_000)), ["empty"] = "" };
            var read = decompressor.Decompress(compressor.Compress(SpdyHeaderBlock.Encode(headers)));
            Assert.Equal(headers["Name"], read["name"]);
            Assert.Equal("", read["empty"]);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("78bb00000000")]
    [InlineData("78bbe3c6a7c2")]
    [InlineData("78bbe3c6a7c2ff")]
    [InlineData("78bbe3c6a7c20004000400fffffffffffffffff")]
    public void A_broken_block_is_a_protocol_error(string hex)
    {
        using var decompressor = new SpdyHeaderDecompressor();
        var bytes = Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex[..^1]);
        Assert.Throws<SpdyException>(() => decompressor.Decompress(bytes));
    }
}
