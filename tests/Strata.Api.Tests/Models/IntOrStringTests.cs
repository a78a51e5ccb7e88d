using System.Text;
using Strata.Api.Models;

namespace Strata.Api.Tests.Models;

public sealed class IntOrStringTests
{
    [Theory]
    [InlineData("8080", true)]
    [InlineData("\"8080\"", false)]
    [InlineData("\"http\"", false)]
    public void The_form_survives_a_round_trip(string json, bool isNumber)
    {
        var port = ModelJson.Parse<ServicePort>(Encoding.UTF8.GetBytes($$"""{"port":80,"targetPort":{{json}}}"""));
        Assert.Equal(isNumber, port.TargetPort.IsNumber);
        Assert.Equal($$"""{"port":80,"targetPort":{{json}}}""", Encoding.UTF8.GetString(ModelJson.Serialize(port)));
    }

    [Theory]
    [InlineData("25%", 10, true, 3)]
    [InlineData("25%", 10, false, 2)]
    [InlineData("100%", 7, false, 7)]
    [InlineData("0%", 7, true, 0)]
    public void Percentages_scale_and_round_as_asked(string text, int total, bool roundUp, int expected) => Assert.Equal(expected, new IntOrString(text).Scale(total, roundUp));

    [Fact]
    public void Numbers_scale_to_themselves() => Assert.Equal(4, new IntOrString(4).Scale(10, roundUp: true));

    [Theory]
    [InlineData("25")]
    [InlineData("%")]
    [InlineData("-5%")]
    [InlineData("x%")]
    public void Other_text_does_not_scale(string text) => Assert.Throws<FormatException>(() => new IntOrString(text).Scale(10, roundUp: true));
}
