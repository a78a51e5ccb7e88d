using System.Text;
using CsCheck;
using Strata.Api.Models;

namespace Strata.Api.Tests.Models;

public sealed class ModelJsonTests
{
    [Fact]
    public void Equal_short_strings_of_two_objects_are_one_string()
    {
        var (first, second) = (Parse("""{"data":{"shared-key-x":"shared-value"}}"""), Parse("""{"data":{"shared-key-x":"shared-value"}}"""));
        Assert.Same(first.Data["shared-key-x"], second.Data["shared-key-x"]);
    }

    [Fact]
    public void Sharing_never_mixes_up_strings() =>
        Gen.String[Gen.Char['a', 'd'], 0, 40].Array[1, 30].Sample(texts =>
        {
            var json = new StringBuilder("{\"data\":{");
            for (var index = 0; index < texts.Length; index++)
            {
                json.Append(index == 0 ? "" : ",").Append($"\"k{index}\":\"{texts[index]}\"");
            }

            var data = Parse(json.Append("}}").ToString()).Data;
            for (var index = 0; index < texts.Length; index++)
            {
                Assert.Equal(texts[index], data[$"k{index}"]);
            }
        });

    [Fact]
    public void Many_threads_read_and_write_at_once() => Parallel.For(0, 64, index =>
    {
        for (var round = 0; round < 200; round++)
        {
            var map = new ConfigMap { Metadata = new ObjectMeta { Name = $"m{index}" }, Data = new Dictionary<string, string> { ["round"] = $"{round}", ["é"] = new string('x', index * 10) } };
            var back = ModelJson.Parse<ConfigMap>(ModelJson.Serialize(map));
            Assert.Equal(map.Metadata.Name, back.Metadata.Name);
            Assert.Equal(map.Data, back.Data);
        }
    });

    [Fact]
    public void An_object_larger_than_the_kept_buffer_is_written_whole()
    {
        var large = new ConfigMap { Data = new Dictionary<string, string> { ["a"] = new string('x', 500_000) } };
        Assert.Equal(large.Data, ModelJson.Parse<ConfigMap>(ModelJson.Serialize(large)).Data);
    }

    [Fact]
    public void A_failed_write_does_not_spoil_the_next()
    {
        var broken = new ConfigMap { Data = new Dictionary<string, string> { ["a"] = null! } };
        _ = Record.Exception(() => ModelJson.Serialize(broken with { Metadata = null! }));
        Assert.Equal("""{"apiVersion":"v1","kind":"ConfigMap","data":{"a":"b"}}""", Encoding.UTF8.GetString(ModelJson.Serialize(new ConfigMap { Data = new Dictionary<string, string> { ["a"] = "b" } })));
    }

    private static ConfigMap Parse(string json) => ModelJson.Parse<ConfigMap>(Encoding.UTF8.GetBytes(json));
}
