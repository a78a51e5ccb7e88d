using System.Text;
using Strata.Api.Errors;
using Strata.Client.Http;

namespace Strata.Client.Tests.Http;

public sealed class ListReaderTests
{
    [Fact]
    public void Items_are_cut_out_as_they_are()
    {
        var list = Read("""{"kind":"PodList","metadata":{"resourceVersion":"12","continue":"abc","remainingItemCount":3},"items":[{"a":[1,2]}, {"b":"]}"}]}""");

        Assert.Equal(["""{"a":[1,2]}""", """{"b":"]}"}"""], list.Items.Select(item => Encoding.UTF8.GetString(item.Json.Span)));
        Assert.Equal(("12", "abc"), (list.ResourceVersion, list.Continue));
    }

    [Theory]
    [InlineData("""{"items":[],"metadata":{"continue":"","resourceVersion":"7"}}""")]
    [InlineData("""{"metadata":{"resourceVersion":"7"},"items":null,"extra":{"items":[1]}}""")]
    public void An_empty_list_has_no_items_and_no_next_page(string text)
    {
        var list = Read(text);

        Assert.Empty(list.Items);
        Assert.Equal(("7", null), (list.ResourceVersion, list.Continue));
    }

    // Each would otherwise look like an empty list, and an informer would believe that everything is gone.
    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("<html>")]
    [InlineData("""{"kind":"Status","status":"Success"}""")]
    [InlineData("""{"items":{}}""")]
    [InlineData("""{"items":[{"a":1}""")]
    [InlineData("""{"metadata":null,"items":[]}""")]
    [InlineData("""{"metadata":{"resourceVersion":12},"items":[]}""")]
    public void What_is_no_list_is_refused(string text)
    {
        Assert.Equal(StatusReason.InternalError, Assert.Throws<ApiException>(() => Read(text)).Reason);
    }

    private static ApiObjectList Read(string text) => ListReader.Read(Encoding.UTF8.GetBytes(text));
}
